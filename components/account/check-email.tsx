"use client";

import { type ReactNode, useEffect, useRef } from "react";

/** What a form becomes once a message is on its way; the words are the same for every address. */
export function CheckEmail({ email, children }: { email: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="rounded-lg border border-live-line bg-live-soft p-5">
      <h2 ref={heading} tabIndex={-1} className="text-lg font-semibold text-live outline-none">
        Check your e-mail
      </h2>
      <p className="mt-1">
        We sent a message to <strong className="font-semibold wrap-anywhere">{email}</strong>.
      </p>
      <p className="mt-2 text-muted">{children}</p>
      <p className="mt-2 text-muted">
        Nothing after a few minutes? Look among unwanted mail, or reload this page and try again.
      </p>
    </section>
  );
}
