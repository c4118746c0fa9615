"use client";

import { UserRound, Users } from "lucide-react";
import { useState } from "react";
import { ChoiceCards } from "@/components/forms/choice-cards";
import { errorsOf } from "@/components/forms/errors-of";
import { FormSelection } from "@/components/hero-forms/form-selection";
import { PatientPicker } from "@/components/patients/patient-picker";
import type { PortalScope } from "@/components/shell/portal-path";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Notice } from "@/components/ui/notice";
import type { FormView } from "@/server/schemas/forms";
import type { LinkKind } from "@/server/schemas/links/fields";
import { linkTextFields, parseMaxUses } from "@/server/schemas/links/rules";
import type { BookingOptions } from "@/server/schemas/practices";
import { AppointmentFields, appointmentFieldNames } from "./appointment-fields";
import { describeFormLink, describeLink, describeVideoLink } from "./describe-link";
import { FormActions } from "./form-actions";
import {
  dateInputsOf,
  EndFields,
  endFieldNames,
  usesText,
  WindowFields,
  windowFieldNames,
} from "./limit-fields";
import { LinkSummary } from "./link-summary";
import { OptionalFields } from "./optional-fields";
import { SlotCount } from "./slot-count";
import type { LinkFormState } from "./use-link-form";

type LinkFormProps = {
  linkForm: LinkFormState;
  scope: PortalScope;
  practice: { id: string; name: string };
  /** How patients sign in on a generic link, as a sentence. */
  loginText: string;
  options: BookingOptions;
  /** Today's date in the United Kingdom. */
  today: string;
};

const productionWarnings: Record<LinkKind, string> = {
  booking: "This creates a live link that patients can book with.",
  form: "This creates a live link to a form that patients can fill in.",
  video: "This creates a live link to a video consultation.",
};

/** The form for a new link: who it is for, what they can do with it, and until when. */
export function LinkForm({ linkForm, scope, practice, loginText, options, today }: LinkFormProps) {
  const { kind, form, values, fieldErrors, isForOnePatient, formAudience } = linkForm;
  const { appointmentTypeId, locationId, practitionerId, slotsFrom, slotsTo } = values;
  const { patientId, expiresOn, maxUses } = values;
  const [selectedForm, setSelectedForm] = useState<FormView | null>(null);
  const isForm = kind === "form";
  const isBooking = kind === "invite" || kind === "generic";
  const isAudienceReady = !isForm || (selectedForm !== null && formAudience !== null);
  const isReady = isAudienceReady && (!isForOnePatient || patientId !== "");
  const findName = (items: readonly { id: string; name: string }[], id: string) =>
    items.find((item) => item.id === id)?.name ?? null;
  const dates = dateInputsOf(form, values, fieldErrors);
  const limits = {
    practiceName: practice.name,
    patientId: isForOnePatient ? patientId : "",
    expiresOn,
    maxUses,
  };

  return (
    <div className="flex flex-col gap-6">
      <ErrorSummary errors={linkForm.errors} />
      {isForm ? (
        <FormSelection
          scope={scope}
          practiceId={practice.id}
          formId={values.formId}
          onPick={(formId) => form.setValue("formId", formId)}
          onLoad={setSelectedForm}
        />
      ) : null}
      {isForm && selectedForm ? (
        <ChoiceCards
          legend="Who is it for?"
          name="form-audience"
          value={formAudience}
          onChange={linkForm.changeFormAudience}
          choices={[
            {
              value: "patient",
              title: "One patient",
              text: "Their responses are filed under their name.",
              icon: <UserRound />,
            },
            {
              value: "anyone",
              title: "Anyone with the link",
              text: "If Hero allows it. Hero checks who they are.",
              icon: <Users />,
            },
          ]}
        />
      ) : null}
      {isForOnePatient && isAudienceReady ? (
        <PatientPicker
          scope={scope}
          practice={practice}
          patientId={patientId}
          onChange={(nextPatientId) => {
            form.setValue("patientId", nextPatientId);
            form.clearErrors();
          }}
        />
      ) : null}
      {kind === "generic" ? (
        <Notice tone="info" title={loginText}>
          Anyone with this link can open it. It does not name a patient.
        </Notice>
      ) : null}
      <form
        method="post"
        noValidate
        hidden={!isReady}
        onSubmit={linkForm.submit}
        className="flex flex-col gap-6 hidden:hidden"
      >
        <Card className="flex flex-col gap-8 sm:p-6!">
          {isBooking ? (
            <>
              <AppointmentFields
                options={options}
                register={form.register}
                appointmentTypeId={appointmentTypeId}
                errors={errorsOf(fieldErrors, appointmentFieldNames)}
              />
              <WindowFields
                dates={dates}
                today={today}
                errors={errorsOf(fieldErrors, windowFieldNames)}
              />
            </>
          ) : null}
          <EndFields
            expiryDate={dates.expiresOn}
            uses={
              kind === "video"
                ? null
                : {
                    input: form.register("maxUses"),
                    ...usesText(isForm ? "form" : "booking", isForOnePatient),
                  }
            }
            today={today}
            errors={errorsOf(fieldErrors, endFieldNames)}
          />
          <OptionalFields
            register={form.register}
            isInitiallyOpen={linkTextFields.some((field) => values[field] !== "")}
            errors={errorsOf(fieldErrors, linkTextFields)}
          />
        </Card>
        {kind === "video" ? (
          <LinkSummary summary={describeVideoLink(limits)} />
        ) : isForm ? (
          <LinkSummary
            summary={describeFormLink({
              ...limits,
              isForOnePatient: formAudience && isForOnePatient,
              formTitle: selectedForm?.title ?? null,
            })}
          />
        ) : (
          <LinkSummary
            summary={describeLink({
              ...limits,
              isInvite: isForOnePatient,
              appointmentTypeName: findName(options.appointmentTypes, appointmentTypeId),
              locationName: findName(options.locations, locationId),
              practitionerName: findName(options.practitioners, practitionerId),
              slotsFrom,
              slotsTo,
            })}
          >
            <SlotCount
              scope={scope}
              slotQuery={{
                practiceId: practice.id,
                appointmentTypeId,
                locationId,
                practitionerId,
                slotsFrom,
                slotsTo,
              }}
              maxUses={parseMaxUses(maxUses)}
            />
          </LinkSummary>
        )}
        <FormActions
          scope={scope}
          pending={linkForm.pending}
          productionWarning={productionWarnings[isBooking || kind === null ? "booking" : kind]}
        />
      </form>
    </div>
  );
}
