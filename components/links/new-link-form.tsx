"use client";

import { type ReactNode, useState } from "react";
import { useOperationId } from "@/components/form-kit/use-operation-id";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { BookingOptions } from "@/server/schemas/practices";
import { BookingLinkForm } from "./booking-link-form";
import { FormLinkForm } from "./form-link-form";
import { KindChoice, type NewLinkKind } from "./kind-choice";
import type { LinkDefaults } from "./link-defaults";

/** What is known of Hero making form links for the practice. */
export type FormLinkChance = "untried" | "worked" | "refused" | "no forms";

type NewLinkFormProps = {
  place: Place;
  practice: { id: string; name: string };
  /** The login people meet on a generic link, as a sentence. */
  loginText: string;
  options: BookingOptions;
  defaults: LinkDefaults;
  formLinks: FormLinkChance;
  /** From the address; null when the form was opened afresh. */
  operationId: string | null;
  /** The day it is in the United Kingdom. */
  today: string;
};

/** Makes a link: which of three kinds comes first, and each has a form of its own. */
export function NewLinkForm({ defaults, ...props }: NewLinkFormProps) {
  const operationId = useOperationId(props.operationId);
  const [kind, setKind] = useState(defaults.kind);
  // Hero's id only, and nothing else of the patient; it never stands in the address.
  const [patientId, setPatientId] = useState(defaults.patientId);

  function choose(next: NewLinkKind) {
    setKind(next);
    const address = new URL(window.location.href);
    address.searchParams.set("kind", next);
    window.history.replaceState(null, "", address);
  }

  const shared = {
    place: props.place,
    practice: props.practice,
    defaults,
    operationId,
    today: props.today,
    patientId,
    onPatient: setPatientId,
  };
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      <KindChoice value={kind} onChange={choose} />
      {kind === "invite" || kind === "generic" ? (
        <BookingLinkForm
          {...shared}
          kind={kind}
          loginText={props.loginText}
          options={props.options}
        />
      ) : null}
      {kind === "form" ? (
        <FormLinkGate chance={props.formLinks} practiceName={props.practice.name}>
          <FormLinkForm {...shared} />
        </FormLinkGate>
      ) : null}
    </div>
  );
}

type FormLinkGateProps = {
  chance: FormLinkChance;
  practiceName: string;
  children: ReactNode;
};

/** Says beforehand how likely Hero is to refuse, and asks again where it has refused before. */
function FormLinkGate({ chance, practiceName, children }: FormLinkGateProps) {
  const [isOpen, setOpen] = useState(chance === "worked" || chance === "untried");
  if (!isOpen) {
    return (
      <Notice
        tone="warning"
        title={
          chance === "refused"
            ? "Hero refused to make a form link for this practice"
            : "Hero does not show this practice's forms"
        }
        action={<Button onClick={() => setOpen(true)}>Try again anyway</Button>}
      >
        {chance === "refused"
          ? `When one was last asked for, Hero did not allow it for ${practiceName}. That may have changed since.`
          : `When the key of ${practiceName} was last tested, it could not read forms.`}
      </Notice>
    );
  }
  return (
    <>
      {chance === "worked" ? null : (
        <Notice tone="info" title="Hero may refuse form links">
          Hero's documentation names them and says no more. If it refuses, you get its reason, and
          nothing is lost.
        </Notice>
      )}
      {children}
    </>
  );
}
