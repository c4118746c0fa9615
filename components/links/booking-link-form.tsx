"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useForm, useWatch } from "react-hook-form";
import { portalClient } from "@/components/client";
import { errorsOf } from "@/components/forms/errors-of";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import { PatientPicker } from "@/components/patients/patient-picker";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Notice } from "@/components/ui/notice";
import type { CreateBookingLinkInput } from "@/server/schemas/links/inputs";
import type { BookingOptions } from "@/server/schemas/practices";
import { describeLink } from "./describe-link";
import {
  bookingUsesText,
  EndFields,
  endFieldNames,
  WindowFields,
  windowFieldNames,
} from "./limit-fields";
import type { LinkDefaults } from "./link-defaults";
import { type BookingLinkFormValues, bookingLinkSchemas } from "./link-drafts";
import { FormActions } from "./form-actions";
import { OptionalFields, optionalFieldNames } from "./optional-fields";
import { LinkSummary } from "./link-summary";
import { SlotCount } from "./slot-count";
import { AppointmentFields, appointmentFieldNames } from "./appointment-fields";

export type BookingLinkFormProps = {
  kind: "invite" | "generic";
  scope: PortalScope;
  practice: { id: string; name: string };
  /** The login people meet on a generic link, as a sentence. */
  loginText: string;
  options: BookingOptions;
  defaults: LinkDefaults;
  operationId: string | null;
  /** The day it is in the United Kingdom. */
  today: string;
  patientId: string;
  onPatientChange: (patientId: string) => void;
};

/** Makes a booking link: for an invite the patient first, then what, which days, and until when. */
export function BookingLinkForm(props: BookingLinkFormProps) {
  const { kind, scope, practice, loginText, options, defaults, operationId, today } = props;
  const { patientId, onPatientChange } = props;
  const isInvite = kind === "invite";
  const router = useRouter();
  const { kind: _kind, formId: _formId, ...initialValues } = defaults;
  const form = useForm<BookingLinkFormValues, unknown, CreateBookingLinkInput>({
    resolver: zodResolver(bookingLinkSchemas[kind]),
    // Not on leaving a field: a line that appears under a press moves the button away from it.
    mode: "onChange",
    shouldFocusError: false,
    defaultValues: { ...initialValues, practiceId: practice.id, operationId: operationId ?? "" },
  });
  useEffect(() => {
    if (operationId) form.setValue("operationId", operationId);
  }, [form, operationId]);
  useEffect(() => {
    form.setValue("patientId", isInvite ? patientId : "");
    form.clearErrors();
    if (!form.formState.dirtyFields.maxUses) {
      form.setValue("maxUses", isInvite ? defaults.maxUses || "1" : defaults.maxUses);
    }
  }, [form, isInvite, patientId, defaults.maxUses]);

  const { submit, errors, pending } = useFormSubmit(
    form,
    [...appointmentFieldNames, ...windowFieldNames, ...endFieldNames, ...optionalFieldNames],
    async (input) => {
      const client = portalClient(scope.tenant, scope.environment);
      const link = await client.links.create.mutate(input);
      // The spent form leaves the history: going back leads to where one came from.
      router.replace(portalPath(scope, `/links/${link.id}`));
      router.refresh();
      return "navigating";
    },
    "Sending this form again cannot make a second link.",
  );

  const fieldErrors = form.formState.errors;
  const draft = useWatch({ control: form.control });
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const findName = (items: readonly { id: string; name: string }[], id: unknown) =>
    items.find((item) => item.id === id)?.name ?? null;
  const slotQuery = {
    appointmentTypeId: text(draft.appointmentTypeId),
    locationId: text(draft.locationId),
    practitionerId: text(draft.practitionerId),
    slotsFrom: text(draft.slotsFrom),
    slotsTo: text(draft.slotsTo),
  };
  const maxUses = text(draft.maxUses);

  return (
    <div className="flex flex-col gap-6">
      <ErrorSummary errors={errors} />
      {isInvite ? (
        <PatientPicker
          scope={scope}
          practice={practice}
          patientId={patientId}
          onChange={onPatientChange}
        />
      ) : (
        <Notice tone="info" title={loginText}>
          Whoever has the address can open it, so it names no patient.
        </Notice>
      )}
      <form
        method="post"
        noValidate
        hidden={isInvite && !patientId}
        onSubmit={submit}
        className="flex flex-col gap-6 hidden:hidden"
      >
        <Card className="flex flex-col gap-8 sm:p-6!">
          <AppointmentFields
            options={options}
            register={form.register}
            appointmentTypeId={slotQuery.appointmentTypeId}
            errors={errorsOf(fieldErrors, appointmentFieldNames)}
          />
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
            usesText={bookingUsesText(isInvite)}
            errors={errorsOf(fieldErrors, endFieldNames)}
          />
          <OptionalFields
            register={form.register}
            isInitiallyOpen={Boolean(defaults.name || defaults.reference || defaults.tags)}
            errors={errorsOf(fieldErrors, optionalFieldNames)}
          />
        </Card>
        <LinkSummary
          summary={describeLink({
            isInvite,
            practiceName: practice.name,
            patientId: isInvite ? patientId : "",
            appointmentTypeName: findName(options.appointmentTypes, slotQuery.appointmentTypeId),
            locationName: findName(options.locations, slotQuery.locationId),
            practitionerName: findName(options.practitioners, slotQuery.practitionerId),
            slotsFrom: slotQuery.slotsFrom,
            slotsTo: slotQuery.slotsTo,
            expiresOn: text(draft.expiresOn),
            maxUses,
          })}
        >
          <SlotCount
            scope={scope}
            slotQuery={{ practiceId: practice.id, ...slotQuery }}
            maxUses={/^\d+$/.test(maxUses) ? Number(maxUses) : null}
          />
        </LinkSummary>
        <FormActions
          scope={scope}
          pending={pending}
          productionWarning="This makes a real link that patients can book with."
        />
      </form>
    </div>
  );
}
