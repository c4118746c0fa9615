"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { portalClient } from "@/components/client";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import type { PortalScope } from "@/components/shell/portal-path";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import {
  type ConnectionReport,
  type ConnectNetworkPracticeInput,
  connectNetworkPracticeInput,
} from "@/server/schemas/practices";
import { ConnectionForm } from "./connection-form";

export type NetworkValues = ConnectNetworkPracticeInput;

/** An existing key, named after the practice it came from. */
export type StoredKey = { credentialId: string; lastFour: string; practiceName: string };

type NetworkFormProps = {
  scope: PortalScope;
  storedKeys: readonly StoredKey[];
  previousValues: NetworkValues | null;
  onTested: (values: NetworkValues, report: ConnectionReport) => void;
};

/** The first step, with the key of another practice in the same Hero network. */
export function NetworkForm({ scope, storedKeys, previousValues, onTested }: NetworkFormProps) {
  const form = useForm({
    resolver: zodResolver(connectNetworkPracticeInput),
    shouldFocusError: false,
    defaultValues: {
      credentialId: previousValues?.credentialId ?? storedKeys[0]?.credentialId ?? "",
      practiceGroupId: previousValues?.practiceGroupId ?? "",
      nickname: previousValues?.nickname ?? "",
    },
  });
  const { submit, errors, pending } = useFormSubmit(
    form,
    ["credentialId", "practiceGroupId", "nickname"],
    async (values) => {
      const { credentialId, practiceGroupId } = values;
      const client = portalClient(scope.tenant, scope.environment);
      onTested(
        values,
        await client.practices.verifyNetwork.mutate({ credentialId, practiceGroupId }),
      );
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
        name="credentialId"
        required
        hint="A key works for every practice in the same Hero network."
        error={fieldErrors.credentialId?.message}
      >
        {(ids) => (
          <Select {...ids} {...form.register("credentialId")} className="sm:max-w-96">
            {storedKeys.map((key) => (
              <option key={key.credentialId} value={key.credentialId}>
                {key.practiceName} – key ending {key.lastFour}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </ConnectionForm>
  );
}
