"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import { portalClient } from "@/components/client";
import { useFormCall } from "@/components/form-kit/use-form-call";
import { Button } from "@/components/ui/button";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useToast } from "@/components/ui/toast";
import { renamePracticeInput } from "@/server/schemas/practices";
import type { RenameProps } from "./rename-button";

/** One field; leaving it empty goes back to Hero's name. */
export function RenameForm({
  place,
  practiceId,
  alias,
  onClose,
}: RenameProps & { onClose: () => void }) {
  const router = useRouter();
  const toast = useToast();
  const form = useForm({
    resolver: zodResolver(renamePracticeInput),
    shouldFocusError: false,
    defaultValues: { practiceId, alias: alias ?? "" },
  });
  // The form arrives after its window has opened, which then had nothing better to focus.
  useEffect(() => form.setFocus("alias"), [form]);

  const { submit, errors, pending } = useFormCall(form, ["alias"], async (values) => {
    const client = portalClient(place.tenant, place.environment);
    await client.practices.rename.mutate(values);
    toast({ tone: "success", title: values.alias ? "Alias saved" : "Alias removed" });
    onClose();
    router.refresh();
    return "leaving";
  });
  return (
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-5">
      <ErrorSummary title="The alias was not saved" errors={errors} />
      <Field
        label="Alias"
        name="alias"
        optionalMark
        hint="Leave it empty to use the practice's name in Hero."
        error={form.formState.errors.alias?.message}
      >
        {(ids) => <Input {...ids} {...form.register("alias")} autoComplete="off" />}
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
