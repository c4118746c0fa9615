"use client";

import { type ComponentProps, type ReactNode, useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";

type DialogFormProps = {
  errorTitle: string;
  errors: SummaryError[];
  submitLabel: string;
  pendingLabel: string;
  pending: boolean;
  onSubmit: NonNullable<ComponentProps<"form">["onSubmit"]>;
  onCancel: () => void;
  children: ReactNode;
};

/** A form in a dialog: its errors, its fields, then Cancel and the button that sends it. */
export function DialogForm(props: DialogFormProps) {
  const { errorTitle, errors, submitLabel, pendingLabel, pending, onSubmit, onCancel } = props;
  const formRef = useRef<HTMLFormElement>(null);
  // The form is loaded after its dialog has opened, when there was nothing to focus.
  useEffect(() => formRef.current?.querySelector("input")?.focus(), []);
  return (
    <form
      ref={formRef}
      method="post"
      noValidate
      onSubmit={(event) => {
        // In React a dialog's events also reach the form that its button stands in.
        event.stopPropagation();
        return onSubmit(event);
      }}
      className="flex flex-col gap-5"
    >
      <ErrorSummary title={errorTitle} errors={errors} />
      {props.children}
      <div className="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="primary" pending={pending}>
          {pending ? pendingLabel : submitLabel}
        </Button>
      </div>
    </form>
  );
}
