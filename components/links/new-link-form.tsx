"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Megaphone, UserRound } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { portalClient } from "@/components/client";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import {
  type CreateBookingLinkInput,
  createBookingLinkInput,
  type LinkView,
} from "@/server/schemas/links";
import type { BookingOptions } from "@/server/schemas/practices";
import { heroId } from "@/server/schemas/text";
import type { z } from "@/server/schemas/zod";
import { ChoiceCards } from "@/components/form-kit/choice-cards";
import { describeLink } from "./describe-link";
import { LimitFields, limitNames } from "./limit-fields";
import type { LinkDefaults } from "./link-defaults";
import { PatientAct } from "./patient-act";
import { PatientField } from "./patient-field";
import { useFormCall } from "@/components/form-kit/use-form-call";
import { useOperationId } from "@/components/form-kit/use-operation-id";
import { WhatFields } from "./what-fields";

type Audience = LinkView["audience"];
type Draft = z.input<typeof createBookingLinkInput>;

const inviteInput = createBookingLinkInput.safeExtend({
  patientId: heroId("Enter Hero's id of the patient, which has only digits."),
});

const schemas: Record<Audience, z.ZodType<CreateBookingLinkInput, Draft>> = {
  patient_invite: inviteInput,
  generic: createBookingLinkInput,
};

type NewLinkFormProps = {
  place: Place;
  practice: { id: string; name: string };
  /** The login people meet on a generic link, as a sentence. */
  loginText: string;
  options: BookingOptions;
  defaults: LinkDefaults;
  /** From the address; null when the form was opened afresh. */
  operationId: string | null;
  /** The day it is in the United Kingdom. */
  today: string;
};

/** Makes a booking link: whom it is for comes first, then what, which days, and until when. */
export function NewLinkForm(props: NewLinkFormProps) {
  const { place, practice, loginText, options, defaults, today } = props;
  const router = useRouter();
  const operationId = useOperationId(props.operationId);
  const [audience, setAudience] = useState(defaults.audience);
  const { audience: _, ...start } = defaults;
  const form = useForm({
    resolver: zodResolver(schemas[audience ?? "generic"]),
    shouldFocusError: false,
    defaultValues: { ...start, practiceId: practice.id, operationId: operationId ?? "" } as Draft,
  });
  useEffect(() => {
    if (operationId) form.setValue("operationId", operationId);
  }, [form, operationId]);

  const { submit, errors, pending } = useFormCall(
    form,
    ["patientId", "appointmentTypeId", "locationId", "practitionerId", ...limitNames],
    async ({ patientId, ...rest }) => {
      const input = audience === "patient_invite" ? { ...rest, patientId } : rest;
      const client = portalClient(place.tenant, place.environment);
      const link = await client.links.create.mutate(input);
      // The spent form leaves the history: going back leads to where one came from.
      router.replace(portalPath(place, `/links/${link.id}`));
      router.refresh();
      return "leaving";
    },
    "Sending this form again cannot make a second link.",
  );

  function choose(next: Audience) {
    setAudience(next);
    form.clearErrors();
    if (!form.formState.dirtyFields.maximumUses) {
      form.setValue("maximumUses", next === "patient_invite" ? "1" : "");
    }
  }

  const faults = form.formState.errors;
  const draft = useWatch({ control: form.control });
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const nameOf = (list: readonly { id: string; name: string }[], id: unknown) =>
    list.find((each) => each.id === id)?.name ?? null;

  return (
    <form method="post" noValidate onSubmit={submit} className="flex max-w-3xl flex-col gap-6">
      <ErrorSummary errors={errors} />
      <ChoiceCards
        legend="Who is it for?"
        name="audience"
        value={audience}
        onChange={choose}
        choices={[
          {
            value: "patient_invite",
            title: "One patient",
            text: "A patient invite. They prove who they are with their date of birth.",
            icon: <UserRound />,
          },
          {
            value: "generic",
            title: "Many patients",
            text: `A generic link for letters, texts or a website. ${loginText}`,
            icon: <Megaphone />,
          },
        ]}
      />
      {audience ? (
        <>
          <Card className="flex flex-col gap-8 sm:p-6!">
            {audience === "patient_invite" ? (
              <PatientField
                control={form.register("patientId")}
                value={text(draft.patientId)}
                fault={faults.patientId?.message}
              />
            ) : null}
            <WhatFields
              options={options}
              register={form.register}
              appointmentTypeId={text(draft.appointmentTypeId)}
              faults={{
                appointmentTypeId: faults.appointmentTypeId?.message,
                locationId: faults.locationId?.message,
                practitionerId: faults.practitionerId?.message,
              }}
            />
            <LimitFields
              audience={audience}
              register={form.register}
              today={today}
              faults={{
                slotsFrom: faults.slotsFrom?.message,
                slotsTo: faults.slotsTo?.message,
                expiresOn: faults.expiresOn?.message,
                maximumUses: faults.maximumUses?.message,
                name: faults.name?.message,
              }}
            />
          </Card>
          <div className="rounded-lg border border-accent-line bg-accent-soft p-4 sm:p-6">
            <h2 className="text-sm font-medium text-muted">What this link will do</h2>
            <p id="link-sentence" className="mt-1 text-lg text-ink">
              {describeLink({
                audience,
                practiceName: practice.name,
                patientId: text(draft.patientId),
                appointmentTypeName: nameOf(options.appointmentTypes, draft.appointmentTypeId),
                locationName: nameOf(options.locations, draft.locationId),
                practitionerName: nameOf(options.practitioners, draft.practitionerId),
                slotsFrom: text(draft.slotsFrom),
                slotsTo: text(draft.slotsTo),
                expiresOn: text(draft.expiresOn),
                maximumUses: text(draft.maximumUses),
              })}
            </p>
          </div>
          <div className="flex flex-wrap items-start gap-2">
            <PatientAct
              environment={place.environment}
              text="This makes a real link that patients can book with."
            >
              <Button
                type="submit"
                variant="primary"
                pending={pending}
                aria-describedby="link-sentence"
              >
                {pending ? "Asking Hero…" : "Make the link"}
              </Button>
            </PatientAct>
            <ButtonLink href={portalPath(place, "/links")} variant="quiet">
              Cancel
            </ButtonLink>
          </div>
        </>
      ) : null}
    </form>
  );
}
