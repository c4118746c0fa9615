"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useForm } from "react-hook-form";
import { portalClient } from "@/components/client";
import { DialogForm } from "@/components/forms/dialog-form";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import type { PortalScope } from "@/components/shell/portal-path";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useToast } from "@/components/ui/toast";
import { renamePracticeInput } from "@/server/schemas/practices";

export type RenameProps = { scope: PortalScope; practiceId: string; nickname: string | null };

/** Sets the nickname; an empty field restores Hero's name. */
export function RenameForm({
  scope,
  practiceId,
  nickname,
  onClose,
}: RenameProps & { onClose: () => void }) {
  const router = useRouter();
  const toast = useToast();
  const form = useForm({
    resolver: zodResolver(renamePracticeInput),
    shouldFocusError: false,
    defaultValues: { practiceId, nickname: nickname ?? "" },
  });

  const { submit, errors, pending } = useFormSubmit(form, ["nickname"], async (values) => {
    const client = portalClient(scope.tenant, scope.environment);
    await client.practices.rename.mutate(values);
    toast({ tone: "success", title: values.nickname ? "Nickname saved" : "Nickname removed" });
    onClose();
    router.refresh();
    return "navigating";
  });
  return (
    <DialogForm
      errorTitle="The nickname was not saved"
      errors={errors}
      submitLabel="Save"
      pendingLabel="Saving…"
      pending={pending}
      onSubmit={submit}
      onCancel={onClose}
    >
      <Field
        label="Nickname"
        name="nickname"
        optionalMark
        hint="Leave blank to use the practice's name in Hero."
        error={form.formState.errors.nickname?.message}
      >
        {(ids) => <Input {...ids} {...form.register("nickname")} autoComplete="off" />}
      </Field>
    </DialogForm>
  );
}
