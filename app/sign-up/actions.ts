"use server";

import { handleFormAction } from "@/app/form-action";
import type { FormState } from "@/components/account/form-state";
import { rememberSignUp } from "@/server/auth";
import { signUpInput } from "@/server/schemas/account";
import { createPublicAccountCaller } from "@/server/portal/page-caller";

export async function signUp(_previousState: FormState, form: FormData): Promise<FormState> {
  return handleFormAction(
    { form, schema: signUpInput, fields: ["name", "email", "password"] },
    async (input) => {
      await (await createPublicAccountCaller()).signUp(input);
      await rememberSignUp(input);
    },
  );
}
