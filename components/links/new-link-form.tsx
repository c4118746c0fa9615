"use client";

import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { BookingOptions } from "@/server/schemas/practices";
import { KindPicker } from "./kind-picker";
import { LinkForm } from "./link-form";
import { type LinkFormSetup, useLinkForm } from "./use-link-form";

/** Whether Hero creates form links for the practice, as far as we know. */
export type FormLinkSupport = "untried" | "worked" | "refused" | "no forms";

type NewLinkFormProps = LinkFormSetup & {
  /** How patients sign in on a generic link, as a sentence. */
  loginText: string;
  options: BookingOptions;
  formLinkSupport: FormLinkSupport;
  /** Why video links are not offered; null if they are. */
  noVideoReason: string | null;
  /** Today's date in the United Kingdom. */
  today: string;
};

/** Creates a link: first the kind, then its form. */
export function NewLinkForm({
  formLinkSupport,
  noVideoReason,
  loginText,
  options,
  today,
  ...setup
}: NewLinkFormProps) {
  const linkForm = useLinkForm(setup);
  const [hasVideo, setHasVideo] = useState(noVideoReason === null);
  const { scope, practice } = setup;
  const form = (
    <LinkForm
      linkForm={linkForm}
      scope={scope}
      practice={practice}
      loginText={loginText}
      options={options}
      today={today}
    />
  );
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      <KindPicker value={linkForm.kind} hasVideo={hasVideo} onChange={linkForm.changeKind} />
      {hasVideo ? null : (
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <p className="text-sm text-muted">Video links are not offered. {noVideoReason}</p>
          <Button size="sm" onClick={() => setHasVideo(true)}>
            Offer video links anyway
          </Button>
        </div>
      )}
      {linkForm.kind === "form" ? (
        <FormLinkWarning support={formLinkSupport} practiceName={practice.name}>
          {form}
        </FormLinkWarning>
      ) : linkForm.kind && (hasVideo || linkForm.kind !== "video") ? (
        form
      ) : null}
    </div>
  );
}

type FormLinkWarningProps = {
  support: FormLinkSupport;
  practiceName: string;
  children: ReactNode;
};

/** Warns that Hero may refuse, and asks for confirmation where it has refused before. */
function FormLinkWarning({ support, practiceName, children }: FormLinkWarningProps) {
  const [isOpen, setIsOpen] = useState(support === "worked" || support === "untried");
  if (!isOpen) {
    return (
      <Notice
        tone="warning"
        title={
          support === "refused"
            ? "Hero did not allow a form link for this practice"
            : "Hero does not show this practice's forms"
        }
        action={<Button onClick={() => setIsOpen(true)}>Try again anyway</Button>}
      >
        {support === "refused"
          ? `Hero rejected the last form link for ${practiceName}. This may have changed since.`
          : `The API key of ${practiceName} could not read forms when it was last tested.`}
      </Notice>
    );
  }
  return (
    <>
      {support === "worked" ? null : (
        <Notice tone="info" title="Form links may not be available for this practice">
          If Hero rejects the link, we show you the reason.
        </Notice>
      )}
      {children}
    </>
  );
}
