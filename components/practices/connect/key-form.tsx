"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { portalClient } from "@/components/client";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import type { PortalScope } from "@/components/shell/portal-path";
import { Field } from "@/components/ui/field";
import {
  type ConnectionReport,
  type ConnectPracticeInput,
  connectPracticeInput,
} from "@/server/schemas/practices";
import { SecretInput } from "../secret-input";
import { ConnectionForm } from "./connection-form";

export type KeyValues = ConnectPracticeInput;

type KeyFormProps = {
  scope: PortalScope;
  /** What was typed before coming back to this step. */
  previousValues: KeyValues | null;
  onTested: (values: KeyValues, report: ConnectionReport) => void;
};

/** The first step, with the practice's own key: tests it and saves nothing. */
export function KeyForm({ scope, previousValues, onTested }: KeyFormProps) {
  const form = useForm({
    resolver: zodResolver(connectPracticeInput),
    shouldFocusError: false,
    defaultValues: {
      apiKey: previousValues?.apiKey ?? "",
      practiceGroupId: previousValues?.practiceGroupId ?? "",
      nickname: previousValues?.nickname ?? "",
    },
  });
  const { submit, errors, pending } = useFormSubmit(
    form,
    ["apiKey", "practiceGroupId", "nickname"],
    async (values) => {
      const { apiKey, practiceGroupId } = values;
      const client = portalClient(scope.tenant, scope.environment);
      onTested(values, await client.practices.verify.mutate({ apiKey, practiceGroupId }));
      return "staying";
    },
  );
  const fieldErrors = form.formState.errors;
  return (
    <ConnectionForm
      scope={scope}
      submit={submit}
      errors={errors}
      pending={pending}
      register={form.register}
      fieldErrors={fieldErrors}
    >
      <Field
        label="API key"
        name="apiKey"
        required
        hint="The practice finds this in its Hero settings. We encrypt it, and never show it again."
        error={fieldErrors.apiKey?.message}
      >
        {(ids) => <SecretInput {...ids} {...form.register("apiKey")} />}
      </Field>
    </ConnectionForm>
  );
}
