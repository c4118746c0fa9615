"use client";

import { AccountForm } from "./account-form";
import { EmailField, PasswordField } from "./fields";
import type { FormAction } from "./form-state";
import { SendAgain } from "./send-again";

/** `next` is where to go after signing in; the action checks it again. */
export function SignInForm({
  action,
  sendAgain,
  next,
}: {
  action: FormAction;
  /** Sends the email to verify the address again. */
  sendAgain: FormAction;
  next: string;
}) {
  return (
    <AccountForm
      action={action}
      submitLabel="Sign in"
      pendingLabel="Signing in…"
      renderBelow={(state) =>
        state.isUnverified ? (
          <SendAgain action={sendAgain} email={state.values.email ?? ""} />
        ) : null
      }
    >
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <EmailField state={state} />
          <PasswordField state={state} />
        </>
      )}
    </AccountForm>
  );
}
