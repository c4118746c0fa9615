"use client";

import { AccountForm } from "./account-form";
import { CheckEmail } from "./check-email";
import { EmailField } from "./fields";
import type { FormAction } from "./form-state";

export function ForgotPasswordForm({ action }: { action: FormAction }) {
  return (
    <AccountForm
      action={action}
      submitLabel="Email me a link"
      pendingLabel="Sending…"
      renderDone={(state) => (
        <CheckEmail email={state.values.email ?? ""} sendAgain={action}>
          If this address has an account, the email has a link to reset your password. The link
          works for one hour.
        </CheckEmail>
      )}
    >
      {(state) => <EmailField state={state} />}
    </AccountForm>
  );
}
