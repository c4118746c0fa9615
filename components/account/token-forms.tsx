"use client";

import { AccountForm } from "./account-form";
import { NewPasswordField, PasswordField } from "./fields";
import type { FormAction } from "./form-state";

type TokenFormProps = { action: FormAction; token: string };

/** Finishes a sign-up: the mailed link and the password chosen then belong together. */
export function VerifyEmailForm({ action, token }: TokenFormProps) {
  return (
    <AccountForm action={action} submitLabel="Verify and sign in" pendingLabel="Verifying…">
      {(state) => (
        <>
          <input type="hidden" name="token" value={token} />
          <PasswordField state={state} label="The password you chose at sign-up" />
        </>
      )}
    </AccountForm>
  );
}

/** Sets a new password by a mailed link. */
export function ResetPasswordForm({ action, token }: TokenFormProps) {
  return (
    <AccountForm action={action} submitLabel="Save new password" pendingLabel="Saving…">
      {(state) => (
        <>
          <input type="hidden" name="token" value={token} />
          <NewPasswordField state={state} label="New password" />
        </>
      )}
    </AccountForm>
  );
}
