"use server";

import { redirect } from "next/navigation";
import { handleFormAction } from "@/app/form-action";
import type { FormState } from "@/components/account/form-state";
import { signInWithPassword } from "@/server/auth";
import { signInInput } from "@/server/schemas/account";
import { safeNextPath } from "@/server/schemas/next-path";

export async function signIn(_previousState: FormState, form: FormData): Promise<FormState> {
  let isUnverified = false;
  const state = await handleFormAction(
    { form, schema: signInInput, fields: ["email", "password"] },
    async (input) => {
      const outcome = await signInWithPassword(input);
      if (!outcome.ok) {
        isUnverified = outcome.isUnverified === true;
        return outcome.message;
      }
      redirect(safeNextPath(form.get("next")));
    },
  );
  return { ...state, isUnverified };
}
