"use client";

import { AccountForm } from "./account-form";
import { CheckEmail } from "./check-email";
import { EmailField, NewPasswordField, PasswordField } from "./fields";
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

/** Finishes a sign-up in the browser where it started: the password was typed there. */
export function VerifyEmailButton({ action, token }: TokenFormProps) {
  return (
    <AccountForm action={action} submitLabel="Confirm and sign in" pendingLabel="Confirming…">
      {() => <input type="hidden" name="token" value={token} />}
    </AccountForm>
  );
}

/** Sends the email to verify an address again. */
export function SendVerificationForm({ action }: { action: FormAction }) {
  return (
    <AccountForm
      action={action}
      submitLabel="Send again"
      pendingLabel="Sending…"
      renderDone={(state) => (
        <CheckEmail email={state.values.email ?? ""} sendAgain={action}>
          If this address still has to be confirmed, the email has a link. The link works for one
          day.
        </CheckEmail>
      )}
    >
      {(state) => <EmailField state={state} />}
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
