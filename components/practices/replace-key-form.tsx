"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useForm } from "react-hook-form";
import { portalClient } from "@/components/client";
import { DialogForm } from "@/components/forms/dialog-form";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import type { PortalScope } from "@/components/shell/portal-path";
import { Field } from "@/components/ui/field";
import { useToast } from "@/components/ui/toast";
import { replaceKeyInput } from "@/server/schemas/practices";
import { SecretInput } from "./secret-input";
import { practiceLabel } from "./labels";

export type ReplaceKeyProps = {
  scope: PortalScope;
  credentialId: string;
  /** Every practice that will use the new key. */
  practiceNames: readonly string[];
};

/** Replaces a key. The new key is tested first; until it is saved the old one stays in use. */
export function ReplaceKeyForm({
  scope,
  credentialId,
  onClose,
}: ReplaceKeyProps & { onClose: () => void }) {
  const router = useRouter();
  const toast = useToast();
  const form = useForm({
    resolver: zodResolver(replaceKeyInput),
    shouldFocusError: false,
    defaultValues: { credentialId, apiKey: "" },
  });

  const { submit, errors, pending } = useFormSubmit(form, ["apiKey"], async (values) => {
    const client = portalClient(scope.tenant, scope.environment);
    const practices = await client.practices.replaceKey.mutate(values);
    const failing = practices.filter((practice) => practice.health !== "working");
    toast(
      failing.length === 0
        ? { tone: "success", title: "The new key is in use" }
        : {
            tone: "danger",
            title: "The new key does not work for every practice",
            description: `It is in use, but failed for ${failing.map(practiceLabel).join(", ")}.`,
          },
    );
    onClose();
    router.refresh();
    return "navigating";
  });
  return (
    <DialogForm
      errorTitle="The key was not replaced"
      errors={errors}
      submitLabel="Test and replace"
      pendingLabel="Testing…"
      pending={pending}
      onSubmit={submit}
      onCancel={onClose}
    >
      <Field
        label="New API key"
        name="apiKey"
        id="new-api-key"
        required
        hint="We test it before saving. Until then the current key stays in use."
        error={form.formState.errors.apiKey?.message}
      >
        {(ids) => <SecretInput {...ids} {...form.register("apiKey")} />}
      </Field>
    </DialogForm>
  );
}
