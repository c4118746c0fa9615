"use server";

import { redirect } from "next/navigation";
import { handleFormAction } from "@/app/form-action";
import type { FormState } from "@/components/account/form-state";
import { resetPasswordInput } from "@/server/schemas/account";
import { createPublicAccountCaller } from "@/server/portal/page-caller";

export async function resetPassword(_previousState: FormState, form: FormData): Promise<FormState> {
  return handleFormAction(
    { form, schema: resetPasswordInput, fields: ["password"] },
    async (input) => {
      await (await createPublicAccountCaller()).resetPassword(input);
      redirect("/sign-in?password=changed");
    },
  );
}
