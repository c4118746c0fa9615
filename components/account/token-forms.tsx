"use client";

import { AccountForm } from "./account-form";
import { NewPasswordField, PasswordField } from "./fields";
import type { FormAction } from "./form-state";

type TokenFormProps = { action: FormAction; token: string };

/** Finishes a sign-up with the emailed token and the password chosen at sign-up. */
export function VerifyEmailForm({ action, token }: TokenFormProps) {
  return (
    <AccountForm action={action} submitLabel="Confirm and sign in" pendingLabel="Confirming…">
      {(state) => (
        <>
          <input type="hidden" name="token" value={token} />
          <PasswordField state={state} label="Password" />
        </>
      )}
    </AccountForm>
  );
}

/** Sets a new password with an emailed token. */
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
