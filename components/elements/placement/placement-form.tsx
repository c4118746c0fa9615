"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useForm, useWatch } from "react-hook-form";
import { portalClient } from "@/components/client";
import { elementName } from "@/components/elements/element-name";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { useToast } from "@/components/ui/toast";
import { elementTags } from "@/server/schemas/element-catalogue";
import type { PlacementView } from "@/server/schemas/placements";
import {
  toPlacementDraft,
  emptyOriginRow,
  type PlacementDraft,
  placementFormSchema,
} from "./placement-draft";
import { OriginRows } from "./origin-rows";
import { PracticeCheckboxes, type PracticeCheckboxOption } from "./practice-checkboxes";

type PlacementFormProps = {
  scope: PortalScope;
  /** Connected practices, and the placement's own that no longer are. */
  practices: readonly PracticeCheckboxOption[];
  /** Null for a new one. */
  placement: PlacementView | null;
};

/** Creates or edits a placement. Its theme is edited in the placement designer. */
export function PlacementForm({ scope, practices, placement }: PlacementFormProps) {
  const router = useRouter();
  const toast = useToast();
  const onlyPractice = practices.length === 1 ? practices[0] : undefined;
  const form = useForm({
    resolver: zodResolver(placementFormSchema),
    shouldFocusError: false,
    defaultValues: placement
      ? toPlacementDraft(placement)
      : ({
          name: "",
          element: elementTags[0],
          practiceIds: onlyPractice ? [onlyPractice.id] : [],
          origins: [emptyOriginRow],
          adminId: "",
        } satisfies PlacementDraft),
  });
  const { origins, practiceIds } = useWatch({ control: form.control });
  const originFields = (origins ?? []).map((_, index) => `origins.${index}.address` as const);

  const { submit, errors, pending } = useFormSubmit(
    form,
    ["name", "element", "practiceIds", "origins", ...originFields, "adminId"],
    async ({ element, ...fields }) => {
      const { placements } = portalClient(scope.tenant, scope.environment);
      if (!placement) {
        const created = await placements.create.mutate({ ...fields, element, theme: null });
        toast({ tone: "success", title: `Created ${created.name}` });
        router.push(portalPath(scope, `/elements/${created.id}`));
        return "navigating";
      }
      const placementId = placement.id;
      await placements.update.mutate({ ...fields, placementId });
      toast({ tone: "success", title: "Saved" });
      router.push(portalPath(scope, `/elements/${placementId}`));
      router.refresh();
      return "navigating";
    },
  );
  const fieldErrors = form.formState.errors;

  return (
    <form method="post" noValidate onSubmit={submit} className="flex max-w-3xl flex-col gap-5">
      <ErrorSummary
        title={placement ? "The placement was not saved" : "The placement was not created"}
        errors={errors}
      />
      <Card className="flex flex-col gap-6 sm:p-6!">
        <Field
          label="Name"
          name="name"
          hint="Where it is in your product, such as “Patient record, sidebar”."
          error={fieldErrors.name?.message}
          required
        >
          {(ids) => <Input {...ids} {...form.register("name")} autoComplete="off" />}
        </Field>
        <Field
          label="Element"
          name="element"
          hint={placement ? "You cannot change the element." : undefined}
          error={fieldErrors.element?.message}
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
        <PracticeCheckboxes
          practices={practices}
          selected={practiceIds ?? []}
          onChange={(selected) =>
            form.setValue("practiceIds", selected, {
              shouldDirty: true,
              shouldValidate: Boolean(fieldErrors.practiceIds),
            })
          }
          error={fieldErrors.practiceIds?.message}
        />
        <OriginRows form={form} />
        <Field
          label="Hero staff ID"
          name="adminId"
          optionalMark
          hint="Used for every session of this placement. It is a label in Hero, not proof of who uses it. Leave it blank if your server sends it with each session."
          error={fieldErrors.adminId?.message}
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
          {pending ? "Saving…" : placement ? "Save changes" : "Create placement"}
        </Button>
        <ButtonLink href={portalPath(scope, placement ? `/elements/${placement.id}` : "/elements")}>
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}
