"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { UserRound, Users } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { portalClient } from "@/components/client";
import { ChoiceCards } from "@/components/forms/choice-cards";
import { errorsOf } from "@/components/forms/errors-of";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import { FormSelection } from "@/components/hero-forms/form-selection";
import { PatientPicker } from "@/components/patients/patient-picker";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import type { FormView } from "@/server/schemas/forms";
import type { CreateFormLinkInput } from "@/server/schemas/links/inputs";
import { describeFormLink } from "./describe-link";
import { EndFields, endFieldNames } from "./limit-fields";
import type { LinkDefaults } from "./link-defaults";
import { type FormLinkFormValues, formLinkSchemas } from "./link-drafts";
import { FormActions } from "./form-actions";
import { OptionalFields, optionalFieldNames } from "./optional-fields";
import { LinkSummary } from "./link-summary";

type Audience = keyof typeof formLinkSchemas;

export type FormLinkFormProps = {
  scope: PortalScope;
  practice: { id: string; name: string };
  defaults: LinkDefaults;
  operationId: string | null;
  /** The day it is in the United Kingdom. */
  today: string;
  patientId: string;
  onPatientChange: (patientId: string) => void;
};

/** Makes a form link: which form, with a look at its questions, for whom, and until when. */
export function FormLinkForm(props: FormLinkFormProps) {
  const { scope, practice, defaults, operationId, today, patientId, onPatientChange } = props;
  const router = useRouter();
  const [audience, setAudience] = useState<Audience | null>(
    defaults.kind === "form" ? (defaults.patientId ? "patient" : "anyone") : null,
  );
  const [selectedForm, setSelectedForm] = useState<FormView | null>(null);
  const form = useForm<FormLinkFormValues, unknown, CreateFormLinkInput>({
    resolver: zodResolver(formLinkSchemas[audience ?? "patient"]),
    // Not on leaving a field: a line that appears under a press moves the button away from it.
    mode: "onChange",
    shouldFocusError: false,
    defaultValues: {
      operationId: operationId ?? "",
      practiceId: practice.id,
      formId: defaults.formId,
      patientId: "",
      expiresOn: defaults.expiresOn,
      maxUses: defaults.maxUses,
      name: defaults.name,
      reference: defaults.reference,
      tags: defaults.tags,
    },
  });
  useEffect(() => {
    if (operationId) form.setValue("operationId", operationId);
  }, [form, operationId]);
  useEffect(() => {
    form.setValue("patientId", audience === "patient" ? patientId : "");
    form.clearErrors();
    if (!form.formState.dirtyFields.maxUses) {
      const defaultMaxUses = audience === "patient" ? "1" : "";
      form.setValue("maxUses", defaults.maxUses || defaultMaxUses);
    }
  }, [form, audience, patientId, defaults.maxUses]);

  const { submit, errors, pending } = useFormSubmit(
    form,
    ["formId", "patientId", ...endFieldNames, ...optionalFieldNames],
    async (input) => {
      const client = portalClient(scope.tenant, scope.environment);
      const link = await client.links.createForm.mutate(input);
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
  const isReady =
    selectedForm !== null && (audience === "anyone" || (audience === "patient" && patientId));

  return (
    <div className="flex flex-col gap-6">
      <ErrorSummary errors={errors} />
      <FormSelection
        scope={scope}
        practiceId={practice.id}
        formId={text(draft.formId)}
        onPick={(formId) => form.setValue("formId", formId)}
        onLoad={setSelectedForm}
      />
      {selectedForm ? (
        <ChoiceCards
          legend="Who is it for?"
          name="form-audience"
          value={audience}
          onChange={setAudience}
          choices={[
            {
              value: "patient",
              title: "One patient",
              text: "Their answers come in under their name.",
              icon: <UserRound />,
            },
            {
              value: "anyone",
              title: "Anyone with the link",
              text: "Where Hero allows it. How they prove who they are is not documented.",
              icon: <Users />,
            },
          ]}
        />
      ) : null}
      {selectedForm && audience === "patient" ? (
        <PatientPicker
          scope={scope}
          practice={practice}
          patientId={patientId}
          onChange={onPatientChange}
        />
      ) : null}
      <form
        method="post"
        noValidate
        hidden={!isReady}
        onSubmit={submit}
        className="flex flex-col gap-6 hidden:hidden"
      >
        <Card className="flex flex-col gap-8 sm:p-6!">
          <EndFields
            registrations={{
              expiresOn: form.register("expiresOn"),
              maxUses: form.register("maxUses"),
            }}
            today={today}
            usesText={{
              label: "Answers",
              hint:
                audience === "patient"
                  ? "How often this patient may send it."
                  : "How many in all. Opening the link does not count.",
            }}
            errors={errorsOf(fieldErrors, endFieldNames)}
          />
          <OptionalFields
            register={form.register}
            isInitiallyOpen={Boolean(defaults.name || defaults.reference || defaults.tags)}
            errors={errorsOf(fieldErrors, optionalFieldNames)}
          />
        </Card>
        <LinkSummary
          summary={describeFormLink({
            isForOnePatient: audience === null ? null : audience === "patient",
            practiceName: practice.name,
            patientId: audience === "patient" ? patientId : "",
            formTitle: selectedForm?.title ?? null,
            expiresOn: text(draft.expiresOn),
            maxUses: text(draft.maxUses),
          })}
        />
        <FormActions
          scope={scope}
          pending={pending}
          productionWarning="This makes a real link that patients can answer a form with."
        />
      </form>
    </div>
  );
}
