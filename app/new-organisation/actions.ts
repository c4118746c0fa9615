"use server";

import { redirect } from "next/navigation";
import { handleFormAction } from "@/app/form-action";
import type { FormState } from "@/components/account/form-state";
import { createOrganisationInput } from "@/server/schemas/organisations";
import { requireAccountPage } from "@/server/portal/page-caller";

export async function createOrganisation(
  _previousState: FormState,
  form: FormData,
): Promise<FormState> {
  const { account } = await requireAccountPage();
  return handleFormAction(
    { form, schema: createOrganisationInput, fields: ["name", "slug"] },
    async (input) => {
      const { slug } = await account.createOrganisation(input);
      const { environments } = await account.me();
      redirect(`/${slug}/${environments[0]}`);
    },
  );
}
