"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useForm } from "react-hook-form";
import { portalClient } from "@/components/client";
import type { Place } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { useToast } from "@/components/ui/toast";
import { type LinkView, updateLinkInput } from "@/server/schemas/links";
import { bookingUses, EndFields, endNames, WindowFields, windowNames } from "./limit-fields";
import { NameField } from "./name-field";
import { PatientAct } from "@/components/shell/patient-act";
import { faultsOf } from "@/components/form-kit/faults-of";
import { useFormCall } from "@/components/form-kit/use-form-call";

type EditLinkFormProps = {
  place: Place;
  link: LinkView;
  /** Where the form leads when it is done or given up. */
  returnTo: string;
  /** The day it is in the United Kingdom. */
  today: string;
};

const fields = [...windowNames, ...endNames, "name"] as const;

/** What can be changed on a link that Hero made: its window, its end, its uses and its name. */
export function EditLinkForm({ place, link, returnTo, today }: EditLinkFormProps) {
  const router = useRouter();
  const toast = useToast();
  const form = useForm({
    resolver: zodResolver(updateLinkInput),
    // Not on leaving a field: a line that appears under a press moves the button away from it.
    mode: "onChange",
    shouldFocusError: false,
    defaultValues: {
      linkId: link.id,
      name: link.name ?? "",
      slotsFrom: link.slotsFrom ?? "",
      slotsTo: link.slotsTo ?? "",
      expiresOn: link.expiresOn,
      maximumUses: String(link.maximumUses),
    },
  });
  const { submit, errors, pending } = useFormCall(form, fields, async (values) => {
    await portalClient(place.tenant, place.environment).links.update.mutate(values);
    toast({ tone: "success", title: "Link changed" });
    router.replace(returnTo);
    router.refresh();
    return "leaving";
  });
  const faults = form.formState.errors;

  return (
    <form method="post" noValidate onSubmit={submit} className="flex max-w-3xl flex-col gap-6">
      <ErrorSummary title="The link was not changed" errors={errors} />
      <Card className="flex flex-col gap-8 sm:p-6!">
        <WindowFields
          register={form.register}
          today={today}
          faults={faultsOf(faults, windowNames)}
        />
        <EndFields
          controls={{
            expiresOn: form.register("expiresOn", { deps: ["slotsFrom", "slotsTo"] }),
            maximumUses: form.register("maximumUses"),
          }}
          today={today}
          uses={bookingUses(link.audience === "patient_invite")}
          faults={faultsOf(faults, endNames)}
        />
        <NameField control={form.register("name")} fault={faults.name?.message} />
      </Card>
      <div className="flex flex-wrap items-start gap-2">
        <PatientAct
          environment={place.environment}
          text="This changes what patients can book from now on."
        >
          <Button type="submit" variant="primary" pending={pending}>
            {pending ? "Asking Hero…" : "Save changes"}
          </Button>
        </PatientAct>
        <ButtonLink href={returnTo} variant="quiet">
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}
