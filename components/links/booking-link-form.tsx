"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useForm, useWatch } from "react-hook-form";
import { portalClient } from "@/components/client";
import { faultsOf } from "@/components/form-kit/faults-of";
import { useFormCall } from "@/components/form-kit/use-form-call";
import { ChoosePatient } from "@/components/patients/choose-patient";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Notice } from "@/components/ui/notice";
import type { CreateBookingLinkInput } from "@/server/schemas/links";
import type { BookingOptions } from "@/server/schemas/practices";
import { describeLink } from "./describe-link";
import { bookingUses, EndFields, endNames, WindowFields, windowNames } from "./limit-fields";
import type { LinkDefaults } from "./link-defaults";
import { type BookingDraft, bookingDrafts } from "./link-drafts";
import { MakeButtons } from "./make-buttons";
import { MoreFields, moreNames } from "./more-fields";
import { SentenceBox } from "./sentence-box";
import { SlotCount } from "./slot-count";
import { WhatFields, whatNames } from "./what-fields";

export type BookingLinkFormProps = {
  kind: "invite" | "generic";
  place: Place;
  practice: { id: string; name: string };
  /** The login people meet on a generic link, as a sentence. */
  loginText: string;
  options: BookingOptions;
  defaults: LinkDefaults;
  operationId: string | null;
  /** The day it is in the United Kingdom. */
  today: string;
  patientId: string;
  onPatient: (patientId: string) => void;
};

/** Makes a booking link: for an invite the patient first, then what, which days, and until when. */
export function BookingLinkForm(props: BookingLinkFormProps) {
  const { kind, place, practice, loginText, options, defaults, operationId, today } = props;
  const { patientId, onPatient } = props;
  const isInvite = kind === "invite";
  const router = useRouter();
  const { kind: _kind, formId: _formId, ...start } = defaults;
  const form = useForm<BookingDraft, unknown, CreateBookingLinkInput>({
    resolver: zodResolver(bookingDrafts[kind]),
    // Not on leaving a field: a line that appears under a press moves the button away from it.
    mode: "onChange",
    shouldFocusError: false,
    defaultValues: { ...start, practiceId: practice.id, operationId: operationId ?? "" },
  });
  useEffect(() => {
    if (operationId) form.setValue("operationId", operationId);
  }, [form, operationId]);
  useEffect(() => {
    form.setValue("patientId", isInvite ? patientId : "");
    form.clearErrors();
    if (!form.formState.dirtyFields.maximumUses) {
      form.setValue("maximumUses", isInvite ? defaults.maximumUses || "1" : defaults.maximumUses);
    }
  }, [form, isInvite, patientId, defaults.maximumUses]);

  const { submit, errors, pending } = useFormCall(
    form,
    [...whatNames, ...windowNames, ...endNames, ...moreNames],
    async (input) => {
      const client = portalClient(place.tenant, place.environment);
      const link = await client.links.create.mutate(input);
      // The spent form leaves the history: going back leads to where one came from.
      router.replace(portalPath(place, `/links/${link.id}`));
      router.refresh();
      return "leaving";
    },
    "Sending this form again cannot make a second link.",
  );

  const faults = form.formState.errors;
  const draft = useWatch({ control: form.control });
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const nameOf = (list: readonly { id: string; name: string }[], id: unknown) =>
    list.find((each) => each.id === id)?.name ?? null;
  const choice = {
    appointmentTypeId: text(draft.appointmentTypeId),
    locationId: text(draft.locationId),
    practitionerId: text(draft.practitionerId),
    slotsFrom: text(draft.slotsFrom),
    slotsTo: text(draft.slotsTo),
  };
  const maximumUses = text(draft.maximumUses);

  return (
    <div className="flex flex-col gap-6">
      <ErrorSummary errors={errors} />
      {isInvite ? (
        <ChoosePatient
          place={place}
          practice={practice}
          patientId={patientId}
          onChange={onPatient}
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
          <WhatFields
            options={options}
            register={form.register}
            appointmentTypeId={choice.appointmentTypeId}
            faults={faultsOf(faults, whatNames)}
          />
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
            uses={bookingUses(isInvite)}
            faults={faultsOf(faults, endNames)}
          />
          <MoreFields
            register={form.register}
            startsOpen={Boolean(defaults.name || defaults.reference || defaults.tags)}
            faults={faultsOf(faults, moreNames)}
          />
        </Card>
        <SentenceBox
          sentence={describeLink({
            isInvite,
            practiceName: practice.name,
            patientId: isInvite ? patientId : "",
            appointmentTypeName: nameOf(options.appointmentTypes, choice.appointmentTypeId),
            locationName: nameOf(options.locations, choice.locationId),
            practitionerName: nameOf(options.practitioners, choice.practitionerId),
            slotsFrom: choice.slotsFrom,
            slotsTo: choice.slotsTo,
            expiresOn: text(draft.expiresOn),
            maximumUses,
          })}
        >
          <SlotCount
            place={place}
            choice={{ practiceId: practice.id, ...choice }}
            uses={/^\d+$/.test(maximumUses) ? Number(maximumUses) : null}
          />
        </SentenceBox>
        <MakeButtons
          place={place}
          pending={pending}
          effect="This makes a real link that patients can book with."
        />
      </form>
    </div>
  );
}
