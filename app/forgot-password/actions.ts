"use server";

import { answerForm } from "@/app/form-action";
import type { FormState } from "@/components/account/form-state";
import { requestPasswordResetInput } from "@/server/schemas/account";
import { publicAccount } from "@/server/trpc/caller";

export async function requestPasswordReset(_before: FormState, form: FormData): Promise<FormState> {
  return answerForm(
    { form, schema: requestPasswordResetInput, fields: ["email"] },
    async (input) => {
      await (await publicAccount()).requestPasswordReset(input);
    },
  );
}
