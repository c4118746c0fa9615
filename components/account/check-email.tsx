"use client";

import { type ReactNode, useEffect, useRef } from "react";
import type { FormAction } from "./form-state";
import { SendAgain } from "./send-again";

/** Shown after an email was sent. The same for every address, so that it does not reveal accounts. */
export function CheckEmail({
  email,
  sendAgain,
  children,
}: {
  email: string;
  /** Sends the email again. */
  sendAgain: FormAction;
  children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="rounded-lg border border-live-line bg-live-soft p-5">
      <h2 ref={heading} tabIndex={-1} className="text-lg font-semibold text-live outline-none">
        Check your email
      </h2>
      <p className="mt-1">
        We sent an email to <strong className="font-semibold wrap-anywhere">{email}</strong>.
      </p>
      <p className="mt-2 text-muted">{children}</p>
      <p className="mt-2 text-muted">
        Not there after a few minutes? Check your spam folder, or send it again.
      </p>
      <SendAgain action={sendAgain} email={email} />
    </section>
  );
}
