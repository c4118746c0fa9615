"use client";

import { type ReactNode, useActionState } from "react";
import { buttonClasses } from "@/components/ui/button-classes";
import { ErrorSummary } from "@/components/ui/error-summary";
import { type FormAction, type FormState, initialFormState } from "./form-state";

type AccountFormProps = {
  action: FormAction;
  submitLabel: string;
  pendingLabel: string;
  /** The fields, given the state after the last submission. */
  children: (state: FormState) => ReactNode;
  /** Replaces the form once it is done. */
  renderDone?: (state: FormState) => ReactNode;
};

/** A form of the account pages. It uses a server action, so it also works before scripts have loaded. */
export function AccountForm({
  action,
  submitLabel,
  pendingLabel,
  children,
  renderDone,
}: AccountFormProps) {
  const [state, submit, isPending] = useActionState(action, initialFormState);
  if (state.isDone && renderDone) return renderDone(state);
  return (
    <form action={submit} noValidate className="flex flex-col gap-5">
      <ErrorSummary errors={state.errors} />
      {children(state)}
      {/* `aria-disabled` keeps the focus on the button while it waits. */}
      <button
        type="submit"
        aria-disabled={isPending || undefined}
        onClick={isPending ? (event) => event.preventDefault() : undefined}
        className={buttonClasses({ variant: "primary" }, "w-full")}
      >
        {isPending ? pendingLabel : submitLabel}
      </button>
    </form>
  );
}
