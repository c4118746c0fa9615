"use client";

import { AccountForm } from "./account-form";
import { CheckMail } from "./check-mail";
import { EmailField, NameField, NewPasswordField } from "./fields";
import type { FormAction } from "./form-state";

export function SignUpForm({ action }: { action: FormAction }) {
  return (
    <AccountForm
      action={action}
      submitLabel="Create account"
      pendingLabel="Creating your account…"
      done={(state) => (
        <CheckMail email={state.values.email ?? ""}>
          Follow the link in it to verify your address. It works for one day. If you already have an
          account, the message says so instead.
        </CheckMail>
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
