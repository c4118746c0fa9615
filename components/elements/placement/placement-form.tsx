"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useForm, useWatch } from "react-hook-form";
import { portalClient } from "@/components/client";
import { elementName } from "@/components/elements/element-name";
import { useFormCall } from "@/components/form-kit/use-form-call";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { useToast } from "@/components/ui/toast";
import { elementTags } from "@/server/schemas/element-catalogue";
import type { PlacementView } from "@/server/schemas/placements";
import { draftOf, emptyRow, type PlacementDraft, placementFields } from "./draft";
import { OriginRows } from "./origin-rows";
import { PracticeChecks, type PracticeChoice } from "./practice-checks";

type PlacementFormProps = {
  place: Place;
  /** To choose from: what is connected, and what a placement has that no longer is. */
  practices: readonly PracticeChoice[];
  /** What is changed; null for a new one. */
  placement: PlacementView | null;
};

/** A placement, new or changed. Its theme is the studio's and is left as it is. */
export function PlacementForm({ place, practices, placement }: PlacementFormProps) {
  const router = useRouter();
  const toast = useToast();
  const only = practices.length === 1 ? practices[0] : undefined;
  const form = useForm({
    resolver: zodResolver(placementFields),
    shouldFocusError: false,
    defaultValues: placement
      ? draftOf(placement)
      : ({
          name: "",
          element: elementTags[0],
          practiceIds: only ? [only.id] : [],
          origins: [emptyRow],
          adminId: "",
        } satisfies PlacementDraft),
  });
  const { origins, practiceIds } = useWatch({ control: form.control });
  const originFields = (origins ?? []).map((_, index) => `origins.${index}.address` as const);

  const { submit, errors, pending } = useFormCall(
    form,
    ["name", "element", "practiceIds", "origins", ...originFields, "adminId"],
    async ({ element, ...fields }) => {
      const { placements } = portalClient(place.tenant, place.environment);
      if (!placement) {
        const made = await placements.create.mutate({ ...fields, element, theme: null });
        toast({ tone: "success", title: `Made ${made.name}` });
        router.push(portalPath(place, `/elements/${made.id}`));
        return "leaving";
      }
      const placementId = placement.id;
      await placements.update.mutate({ ...fields, placementId });
      toast({ tone: "success", title: "Saved" });
      router.push(portalPath(place, `/elements/${placementId}`));
      router.refresh();
      return "leaving";
    },
  );
  const faults = form.formState.errors;

  return (
    <form method="post" noValidate onSubmit={submit} className="flex max-w-3xl flex-col gap-5">
      <ErrorSummary
        title={placement ? "The placement was not saved" : "The placement was not made"}
        errors={errors}
      />
      <Card className="flex flex-col gap-6 sm:p-6!">
        <Field
          label="Name"
          name="name"
          hint="Where in your product it stands, such as “Patient record, sidebar”."
          error={faults.name?.message}
          required
        >
          {(ids) => <Input {...ids} {...form.register("name")} autoComplete="off" />}
        </Field>
        <Field
          label="Element"
          name="element"
          hint={placement ? "A placement keeps its element." : undefined}
          error={faults.element?.message}
        >
          {(ids) =>
            placement ? (
              <Input {...ids} value={elementName(placement.element)} readOnly />
            ) : (
              <Select {...ids} {...form.register("element")}>
                {elementTags.map((tag) => (
                  <option key={tag} value={tag}>
                    {elementName(tag)}
                  </option>
                ))}
              </Select>
            )
          }
        </Field>
        <PracticeChecks
          practices={practices}
          chosen={practiceIds ?? []}
          onChange={(chosen) =>
            form.setValue("practiceIds", chosen, {
              shouldDirty: true,
              shouldValidate: Boolean(faults.practiceIds),
            })
          }
          error={faults.practiceIds?.message}
        />
        <OriginRows form={form} />
        <Field
          label="Hero's id of the member of staff"
          name="adminId"
          optionalMark
          hint="Fixed for every session of this placement. A label in Hero, not proof of who uses it; leave it empty if your server says it for each session."
          error={faults.adminId?.message}
        >
          {(ids) => (
            <Input
              {...ids}
              {...form.register("adminId")}
              mono
              inputMode="numeric"
              autoComplete="off"
              className="sm:max-w-60"
            />
          )}
        </Field>
      </Card>
      <div className="flex flex-col gap-2 sm:flex-row">
        <Button type="submit" variant="primary" pending={pending}>
          {pending ? "Saving…" : placement ? "Save" : "Make the placement"}
        </Button>
        <ButtonLink href={portalPath(place, placement ? `/elements/${placement.id}` : "/elements")}>
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}
