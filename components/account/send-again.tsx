"use client";

import { useActionState } from "react";
import { buttonClasses } from "@/components/ui/button-classes";
import { type FormAction, initialFormState } from "./form-state";

/** Sends an email to the same address again. */
export function SendAgain({ action, email }: { action: FormAction; email: string }) {
  const [state, submit, isPending] = useActionState(action, initialFormState);
  return (
    <form action={submit} className="mt-4 flex flex-col items-start gap-2">
      <input type="hidden" name="email" value={email} />
      {/* `aria-disabled` keeps the focus on the button while it waits. */}
      <button
        type="submit"
        aria-disabled={isPending || undefined}
        onClick={isPending ? (event) => event.preventDefault() : undefined}
        className={buttonClasses({})}
      >
        {isPending ? "Sending…" : "Send again"}
      </button>
      <p role="status">
        {isPending ? null : state.isDone ? "Sent again." : state.errors[0]?.message}
      </p>
    </form>
  );
}
