"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { UserRound, Users } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { portalClient } from "@/components/client";
import { ChoiceCards } from "@/components/form-kit/choice-cards";
import { faultsOf } from "@/components/form-kit/faults-of";
import { useFormCall } from "@/components/form-kit/use-form-call";
import { ChooseForm } from "@/components/hero-forms/choose-form";
import { ChoosePatient } from "@/components/patients/choose-patient";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import type { FormView } from "@/server/schemas/forms";
import type { CreateFormLinkInput } from "@/server/schemas/links";
import { describeFormLink } from "./describe-link";
import { EndFields, endNames } from "./limit-fields";
import type { LinkDefaults } from "./link-defaults";
import { type FormDraft, formDrafts } from "./link-drafts";
import { MakeButtons } from "./make-buttons";
import { MoreFields, moreNames } from "./more-fields";
import { SentenceBox } from "./sentence-box";

type Audience = keyof typeof formDrafts;

export type FormLinkFormProps = {
  place: Place;
  practice: { id: string; name: string };
  defaults: LinkDefaults;
  operationId: string | null;
  /** The day it is in the United Kingdom. */
  today: string;
  patientId: string;
  onPatient: (patientId: string) => void;
};

/** Makes a form link: which form, with a look at its questions, for whom, and until when. */
export function FormLinkForm(props: FormLinkFormProps) {
  const { place, practice, defaults, operationId, today, patientId, onPatient } = props;
  const router = useRouter();
  const [audience, setAudience] = useState<Audience | null>(
    defaults.kind === "form" ? (defaults.patientId ? "one" : "anyone") : null,
  );
  const [shown, setShown] = useState<FormView | null>(null);
  const form = useForm<FormDraft, unknown, CreateFormLinkInput>({
    resolver: zodResolver(formDrafts[audience ?? "one"]),
    // Not on leaving a field: a line that appears under a press moves the button away from it.
    mode: "onChange",
    shouldFocusError: false,
    defaultValues: {
      operationId: operationId ?? "",
      practiceId: practice.id,
      formId: defaults.formId,
      patientId: "",
      expiresOn: defaults.expiresOn,
      maximumUses: defaults.maximumUses,
      name: defaults.name,
      reference: defaults.reference,
      tags: defaults.tags,
    },
  });
  useEffect(() => {
    if (operationId) form.setValue("operationId", operationId);
  }, [form, operationId]);
  useEffect(() => {
    form.setValue("patientId", audience === "one" ? patientId : "");
    form.clearErrors();
    if (!form.formState.dirtyFields.maximumUses) {
      const once = audience === "one" ? "1" : "";
      form.setValue("maximumUses", defaults.maximumUses || once);
    }
  }, [form, audience, patientId, defaults.maximumUses]);

  const { submit, errors, pending } = useFormCall(
    form,
    ["formId", "patientId", ...endNames, ...moreNames],
    async (input) => {
      const client = portalClient(place.tenant, place.environment);
      const link = await client.links.createForm.mutate(input);
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
  const isReady = shown !== null && (audience === "anyone" || (audience === "one" && patientId));

  return (
    <div className="flex flex-col gap-6">
      <ErrorSummary errors={errors} />
      <ChooseForm
        place={place}
        practiceId={practice.id}
        formId={text(draft.formId)}
        onPick={(formId) => form.setValue("formId", formId)}
        onRead={setShown}
      />
      {shown ? (
        <ChoiceCards
          legend="Who is it for?"
          name="form-audience"
          value={audience}
          onChange={setAudience}
          choices={[
            {
              value: "one",
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
      {shown && audience === "one" ? (
        <ChoosePatient
          place={place}
          practice={practice}
          patientId={patientId}
          onChange={onPatient}
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
            controls={{
              expiresOn: form.register("expiresOn"),
              maximumUses: form.register("maximumUses"),
            }}
            today={today}
            uses={{
              label: "Answers",
              hint:
                audience === "one"
                  ? "How often this patient may send it."
                  : "How many in all. Opening the link does not count.",
            }}
            faults={faultsOf(faults, endNames)}
          />
          <MoreFields
            register={form.register}
            startsOpen={Boolean(defaults.name || defaults.reference || defaults.tags)}
            faults={faultsOf(faults, moreNames)}
          />
        </Card>
        <SentenceBox
          sentence={describeFormLink({
            isForOnePatient: audience === null ? null : audience === "one",
            practiceName: practice.name,
            patientId: audience === "one" ? patientId : "",
            formTitle: shown?.title ?? null,
            expiresOn: text(draft.expiresOn),
            maximumUses: text(draft.maximumUses),
          })}
        />
        <MakeButtons
          place={place}
          pending={pending}
          effect="This makes a real link that patients can answer a form with."
        />
      </form>
    </div>
  );
}
