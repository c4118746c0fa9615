"use client";

import { AccountForm } from "./account-form";
import { EmailField, PasswordField } from "./fields";
import type { FormAction } from "./form-state";

/** `next` is where to go after signing in; the action checks it again. */
export function SignInForm({ action, next }: { action: FormAction; next: string }) {
  return (
    <AccountForm action={action} submitLabel="Sign in" pendingLabel="Signing in…">
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
