"use client";

import { AccountForm } from "./account-form";
import { CheckEmail } from "./check-email";
import { EmailField, NameField, NewPasswordField } from "./fields";
import type { FormAction } from "./form-state";

export function SignUpForm({ action, sendAgain }: { action: FormAction; sendAgain: FormAction }) {
  return (
    <AccountForm
      action={action}
      submitLabel="Create account"
      pendingLabel="Creating your account…"
      renderDone={(state) => (
        <CheckEmail email={state.values.email ?? ""} sendAgain={sendAgain}>
          Open the link in it to confirm your email address. The link works for one day.
        </CheckEmail>
      )}
    >
      {(state) => (
        <>
          <NameField state={state} />
          <EmailField state={state} />
          <NewPasswordField state={state} label="Password" />
        </>
      )}
    </AccountForm>
  );
}
