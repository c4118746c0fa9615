"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { portalClient } from "@/components/client";
import { useFormCall } from "@/components/form-kit/use-form-call";
import type { Place } from "@/components/shell/portal-path";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import {
  type ConnectionReport,
  type ConnectPracticeInput,
  connectPracticeInput,
} from "@/server/schemas/practices";
import { SecretInput } from "../secret-input";
import { PracticeFields, TestButtons } from "./practice-fields";

export type KeyValues = ConnectPracticeInput;

type KeyFormProps = {
  place: Place;
  /** What was typed before going back to this step. */
  before: KeyValues | null;
  onTried: (values: KeyValues, report: ConnectionReport) => void;
};

/** First step with a key of the practice's own: try it against Hero, save nothing. */
export function KeyForm({ place, before, onTried }: KeyFormProps) {
  const form = useForm({
    resolver: zodResolver(connectPracticeInput),
    shouldFocusError: false,
    defaultValues: {
      apiKey: before?.apiKey ?? "",
      practiceGroupId: before?.practiceGroupId ?? "",
      alias: before?.alias ?? "",
    },
  });
  const { submit, errors, pending } = useFormCall(
    form,
    ["apiKey", "practiceGroupId", "alias"],
    async (values) => {
      const { apiKey, practiceGroupId } = values;
      const client = portalClient(place.tenant, place.environment);
      onTried(values, await client.practices.verify.mutate({ apiKey, practiceGroupId }));
      return "staying";
    },
  );
  const faults = form.formState.errors;

  // A form sent before the page is ready must not put the key in an address; hence `post`.
  return (
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-6">
      <ErrorSummary errors={errors} />
      <Field
        label="API key"
        name="apiKey"
        required
        hint="As the practice copied it from its Hero settings. It is sealed when it is saved, and never shown again."
        error={faults.apiKey?.message}
      >
        {(ids) => <SecretInput {...ids} {...form.register("apiKey")} />}
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
