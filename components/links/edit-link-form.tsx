"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useForm } from "react-hook-form";
import { portalClient } from "@/components/client";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { useToast } from "@/components/ui/toast";
import { updateLinkInput } from "@/server/schemas/links/inputs";
import type { LinkView } from "@/server/schemas/links/view";
import {
  bookingUsesText,
  EndFields,
  endFieldNames,
  WindowFields,
  windowFieldNames,
} from "./limit-fields";
import { NameField } from "./name-field";
import { ProductionWarning } from "@/components/shell/production-warning";
import { errorsOf } from "@/components/forms/errors-of";
import { useFormSubmit } from "@/components/forms/use-form-submit";

type EditLinkFormProps = {
  scope: PortalScope;
  link: LinkView;
  /** Where the form leads when it is done or given up. */
  returnTo: string;
  /** The day it is in the United Kingdom. */
  today: string;
};

const fields = [...windowFieldNames, ...endFieldNames, "name"] as const;

/** What can be changed on a link that Hero made: its window, its end, its uses and its name. */
export function EditLinkForm({ scope, link, returnTo, today }: EditLinkFormProps) {
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
      maxUses: String(link.maxUses),
    },
  });
  const { submit, errors, pending } = useFormSubmit(form, fields, async (values) => {
    await portalClient(scope.tenant, scope.environment).links.update.mutate(values);
    toast({ tone: "success", title: "Link changed" });
    router.replace(returnTo);
    router.refresh();
    return "navigating";
  });
  const fieldErrors = form.formState.errors;

  return (
    <form method="post" noValidate onSubmit={submit} className="flex max-w-3xl flex-col gap-6">
      <ErrorSummary title="The link was not changed" errors={errors} />
      <Card className="flex flex-col gap-8 sm:p-6!">
        <WindowFields
          register={form.register}
          today={today}
          errors={errorsOf(fieldErrors, windowFieldNames)}
        />
        <EndFields
          registrations={{
            expiresOn: form.register("expiresOn", { deps: ["slotsFrom", "slotsTo"] }),
            maxUses: form.register("maxUses"),
          }}
          today={today}
          usesText={bookingUsesText(link.audience === "patient_invite")}
          errors={errorsOf(fieldErrors, endFieldNames)}
        />
        <NameField registration={form.register("name")} error={fieldErrors.name?.message} />
      </Card>
      <div className="flex flex-wrap items-start gap-2">
        <ProductionWarning
          environment={scope.environment}
          text="This changes what patients can book from now on."
        >
          <Button type="submit" variant="primary" pending={pending}>
            {pending ? "Asking Hero…" : "Save changes"}
          </Button>
        </ProductionWarning>
        <ButtonLink href={returnTo} variant="quiet">
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}
