"use server";

import { redirect } from "next/navigation";
import { handleFormAction } from "@/app/form-action";
import type { FormState } from "@/components/account/form-state";
import { signInWithPassword, signInWithVerifyLink } from "@/server/auth";
import {
  openVerifyLinkInput,
  sendVerificationAgainInput,
  verifyEmailInput,
} from "@/server/schemas/account";
import { createPublicAccountCaller } from "@/server/portal/page-caller";

export async function verifyEmail(_previousState: FormState, form: FormData): Promise<FormState> {
  return handleFormAction(
    { form, schema: verifyEmailInput, fields: ["password"] },
    async (input) => {
      const { email } = await (await createPublicAccountCaller()).verifyEmail(input);
      // The address is confirmed even if signing in fails.
      const outcome = await signInWithPassword({ email, password: input.password });
      redirect(outcome.ok ? "/organisations" : "/sign-in");
    },
  );
}

/** In the browser that signed up, where the password was typed before. */
export async function verifyEmailInSameBrowser(
  _previousState: FormState,
  form: FormData,
): Promise<FormState> {
  return handleFormAction({ form, schema: openVerifyLinkInput, fields: [] }, async ({ token }) => {
    const outcome = await signInWithVerifyLink(token);
    if (!outcome.ok) return outcome.message;
    redirect("/organisations");
  });
}

export async function sendAgain(_previousState: FormState, form: FormData): Promise<FormState> {
  return handleFormAction(
    { form, schema: sendVerificationAgainInput, fields: ["email"] },
    async (input) => {
      await (await createPublicAccountCaller()).sendVerificationAgain(input);
    },
  );
}
