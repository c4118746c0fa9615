"use client";

import { AccountForm } from "./account-form";
import { CheckEmail } from "./check-email";
import { EmailField, NameField, NewPasswordField } from "./fields";
import type { FormAction } from "./form-state";

export function SignUpForm({ action }: { action: FormAction }) {
  return (
    <AccountForm
      action={action}
      submitLabel="Create account"
      pendingLabel="Creating your account…"
      renderDone={(state) => (
        <CheckEmail email={state.values.email ?? ""}>
          Follow the link in it to verify your address. It works for one day. If you already have an
          account, the message says so instead.
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
