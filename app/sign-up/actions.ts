"use server";

import { answerForm } from "@/app/form-action";
import type { FormState } from "@/components/account/form-state";
import { signUpInput } from "@/server/schemas/account";
import { publicAccount } from "@/server/trpc/caller";

export async function signUp(_before: FormState, form: FormData): Promise<FormState> {
  return answerForm(
    { form, schema: signUpInput, fields: ["name", "email", "password"] },
    async (input) => {
      await (await publicAccount()).signUp(input);
    },
  );
}
