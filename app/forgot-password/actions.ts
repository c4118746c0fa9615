"use server";

import { handleFormAction } from "@/app/form-action";
import type { FormState } from "@/components/account/form-state";
import { requestPasswordResetInput } from "@/server/schemas/account";
import { createPublicAccountCaller } from "@/server/portal/page-caller";

export async function requestPasswordReset(
  _previousState: FormState,
  form: FormData,
): Promise<FormState> {
  return handleFormAction(
    { form, schema: requestPasswordResetInput, fields: ["email"] },
    async (input) => {
      await (await createPublicAccountCaller()).requestPasswordReset(input);
    },
  );
}
