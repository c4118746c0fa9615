"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useForm, useWatch } from "react-hook-form";
import { portalClient } from "@/components/client";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { useToast } from "@/components/ui/toast";
import { updateLinkInput } from "@/server/schemas/links/inputs";
import type { LinkView } from "@/server/schemas/links/view";
import {
  dateInputsOf,
  EndFields,
  endFieldNames,
  usesText,
  WindowFields,
  windowFieldNames,
} from "./limit-fields";
import { LinkTextInput } from "./link-text-input";
import { ProductionWarning } from "@/components/shell/production-warning";
import { errorsOf } from "@/components/forms/errors-of";
import { useFormSubmit } from "@/components/forms/use-form-submit";

type EditLinkFormProps = {
  scope: PortalScope;
  link: LinkView;
  /** Where the form leads when it is saved or cancelled. */
  returnTo: string;
  /** Today's date in the United Kingdom. */
  today: string;
};

const fields = [...windowFieldNames, ...endFieldNames, "name"] as const;

// The schema accepts any input for an optional date.
const toText = (value: unknown) => (typeof value === "string" ? value : "");

/** Changes what Hero allows on a booking link: its dates, its limit and its name. */
export function EditLinkForm({ scope, link, returnTo, today }: EditLinkFormProps) {
  const router = useRouter();
  const toast = useToast();
  const form = useForm({
    resolver: zodResolver(updateLinkInput),
    // Not on leaving a field: an error that appears during a click moves the button away.
    mode: "onChange",
    shouldFocusError: false,
    defaultValues: {
      linkId: link.id,
      name: link.name ?? "",
      slotsFrom: link.slotsFrom ?? "",
      slotsTo: link.slotsTo ?? "",
      expiresOn: link.expiresOn,
      maxUses: String(link.maxUses),
    },
  });
  const { submit, errors, pending } = useFormSubmit(form, fields, async (values) => {
    await portalClient(scope.tenant, scope.environment).links.update.mutate(values);
    toast({ tone: "success", title: "Link updated" });
    router.replace(returnTo);
    router.refresh();
    return "navigating";
  });
  const fieldErrors = form.formState.errors;
  const { slotsFrom, slotsTo, expiresOn } = useWatch({ control: form.control });
  const values = {
    slotsFrom: toText(slotsFrom),
    slotsTo: toText(slotsTo),
    expiresOn: toText(expiresOn),
  };
  const dates = dateInputsOf(form, values, fieldErrors);

  return (
    <form method="post" noValidate onSubmit={submit} className="flex max-w-3xl flex-col gap-6">
      <ErrorSummary title="The link was not updated" errors={errors} />
      <Card className="flex flex-col gap-8 sm:p-6!">
        <WindowFields
          dates={dates}
          today={today}
          canBeBlank={!link.slotsFrom && !link.slotsTo}
          errors={errorsOf(fieldErrors, windowFieldNames)}
        />
        <EndFields
          expiryDate={dates.expiresOn}
          uses={{
            input: form.register("maxUses"),
            ...usesText("booking", link.audience === "patient_invite"),
          }}
          today={today}
          errors={errorsOf(fieldErrors, endFieldNames)}
        />
        <LinkTextInput
          name="name"
          registration={form.register("name")}
          error={fieldErrors.name?.message}
        />
      </Card>
      <div className="flex flex-wrap items-start gap-2">
        <ProductionWarning
          environment={scope.environment}
          text="Patients can book by the new dates and limit straight away."
        >
          <Button type="submit" variant="primary" pending={pending}>
            {pending ? "Saving…" : "Save changes"}
          </Button>
        </ProductionWarning>
        <ButtonLink href={returnTo} variant="quiet">
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}
