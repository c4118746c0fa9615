"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { portalClient } from "@/components/client";
import { useFormCall } from "@/components/form-kit/use-form-call";
import type { Place } from "@/components/shell/portal-path";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import {
  type ConnectionReport,
  type ConnectNetworkPracticeInput,
  connectNetworkPracticeInput,
} from "@/server/schemas/practices";
import { PracticeFields, TestButtons } from "./practice-fields";

export type NetworkValues = ConnectNetworkPracticeInput;

/** A key the organisation holds, named by the practice that gave it. */
export type HeldKey = { credentialId: string; lastFour: string; practiceName: string };

type NetworkFormProps = {
  place: Place;
  heldKeys: readonly HeldKey[];
  before: NetworkValues | null;
  onTried: (values: NetworkValues, report: ConnectionReport) => void;
};

/** First step with the key of a practice in the same Hero network. */
export function NetworkForm({ place, heldKeys, before, onTried }: NetworkFormProps) {
  const form = useForm({
    resolver: zodResolver(connectNetworkPracticeInput),
    shouldFocusError: false,
    defaultValues: {
      credentialId: before?.credentialId ?? heldKeys[0]?.credentialId ?? "",
      practiceGroupId: before?.practiceGroupId ?? "",
      alias: before?.alias ?? "",
    },
  });
  const { submit, errors, pending } = useFormCall(
    form,
    ["credentialId", "practiceGroupId", "alias"],
    async (values) => {
      const { credentialId, practiceGroupId } = values;
      const client = portalClient(place.tenant, place.environment);
      onTried(
        values,
        await client.practices.verifyNetwork.mutate({ credentialId, practiceGroupId }),
      );
      return "staying";
    },
  );
  const faults = form.formState.errors;

  return (
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-6">
      <ErrorSummary errors={errors} />
      <Field
        label="Key to use"
        name="credentialId"
        required
        hint="Hero accepts a key for every practice of the network it was made in."
        error={faults.credentialId?.message}
      >
        {(ids) => (
          <Select {...ids} {...form.register("credentialId")} className="sm:max-w-96">
            {heldKeys.map((key) => (
              <option key={key.credentialId} value={key.credentialId}>
                {key.practiceName} – key ending {key.lastFour}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <PracticeFields
        register={form.register}
        faults={{
          practiceGroupId: faults.practiceGroupId?.message,
          alias: faults.alias?.message,
        }}
      />
      <TestButtons place={place} pending={pending} />
    </form>
  );
}
