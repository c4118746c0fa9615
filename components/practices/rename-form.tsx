"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import { portalClient } from "@/components/client";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import { Button } from "@/components/ui/button";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useToast } from "@/components/ui/toast";
import { renamePracticeInput } from "@/server/schemas/practices";
import type { RenameProps } from "./rename-button";

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
  // The form loads after its dialog has opened.
  useEffect(() => form.setFocus("nickname"), [form]);

  const { submit, errors, pending } = useFormSubmit(form, ["nickname"], async (values) => {
    const client = portalClient(scope.tenant, scope.environment);
    await client.practices.rename.mutate(values);
    toast({ tone: "success", title: values.nickname ? "Nickname saved" : "Nickname removed" });
    onClose();
    router.refresh();
    return "navigating";
  });
  return (
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-5">
      <ErrorSummary title="The nickname was not saved" errors={errors} />
      <Field
        label="Nickname"
        name="nickname"
        optionalMark
        hint="Leave blank to use the practice's name in Hero."
        error={form.formState.errors.nickname?.message}
      >
        {(ids) => <Input {...ids} {...form.register("nickname")} autoComplete="off" />}
      </Field>
      <div className="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" pending={pending}>
          {pending ? "Saving…" : "Save"}
        </Button>
      </div>
    </form>
  );
}
