"use client";

import { type ReactNode, useState } from "react";
import { useOperationId } from "@/components/forms/use-operation-id";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { BookingOptions } from "@/server/schemas/practices";
import { BookingLinkForm } from "./booking-link-form";
import { FormLinkForm } from "./form-link-form";
import { KindPicker, type NewLinkKind } from "./kind-picker";
import type { LinkDefaults } from "./link-defaults";

/** What is known of Hero making form links for the practice. */
export type FormLinkSupport = "untried" | "worked" | "refused" | "no forms";

type NewLinkFormProps = {
  scope: PortalScope;
  practice: { id: string; name: string };
  /** The login people meet on a generic link, as a sentence. */
  loginText: string;
  options: BookingOptions;
  defaults: LinkDefaults;
  formLinkSupport: FormLinkSupport;
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

  function changeKind(nextKind: NewLinkKind) {
    setKind(nextKind);
    const url = new URL(window.location.href);
    url.searchParams.set("kind", nextKind);
    window.history.replaceState(null, "", url);
  }

  const sharedProps = {
    scope: props.scope,
    practice: props.practice,
    defaults,
    operationId,
    today: props.today,
    patientId,
    onPatientChange: setPatientId,
  };
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      <KindPicker value={kind} onChange={changeKind} />
      {kind === "invite" || kind === "generic" ? (
        <BookingLinkForm
          {...sharedProps}
          kind={kind}
          loginText={props.loginText}
          options={props.options}
        />
      ) : null}
      {kind === "form" ? (
        <FormLinkWarning support={props.formLinkSupport} practiceName={props.practice.name}>
          <FormLinkForm {...sharedProps} />
        </FormLinkWarning>
      ) : null}
    </div>
  );
}

type FormLinkWarningProps = {
  support: FormLinkSupport;
  practiceName: string;
  children: ReactNode;
};

/** Says beforehand how likely Hero is to refuse, and asks again where it has refused before. */
function FormLinkWarning({ support, practiceName, children }: FormLinkWarningProps) {
  const [isOpen, setIsOpen] = useState(support === "worked" || support === "untried");
  if (!isOpen) {
    return (
      <Notice
        tone="warning"
        title={
          support === "refused"
            ? "Hero refused to make a form link for this practice"
            : "Hero does not show this practice's forms"
        }
        action={<Button onClick={() => setIsOpen(true)}>Try again anyway</Button>}
      >
        {support === "refused"
          ? `When one was last asked for, Hero did not allow it for ${practiceName}. That may have changed since.`
          : `When the key of ${practiceName} was last tested, it could not read forms.`}
      </Notice>
    );
  }
  return (
    <>
      {support === "worked" ? null : (
        <Notice tone="info" title="Hero may refuse form links">
          Hero's documentation names them and says no more. If it refuses, you get its reason, and
          nothing is lost.
        </Notice>
      )}
      {children}
    </>
  );
}
