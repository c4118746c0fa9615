"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { portalClient } from "@/components/client";
import { DialogForm } from "@/components/forms/dialog-form";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { refuseMergeInput } from "@/server/schemas/merges";

type RefuseMergeProps = { scope: PortalScope; mergeId: string };

/** Refuses a request, with a reason. */
export function RefuseMerge(props: RefuseMergeProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Refuse</Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Refuse this merge"
        description="The person who requested it sees your reason."
      >
        <RefuseMergeForm {...props} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function RefuseMergeForm({ scope, mergeId, onClose }: RefuseMergeProps & { onClose: () => void }) {
  const router = useRouter();
  const form = useForm({
    resolver: zodResolver(refuseMergeInput),
    shouldFocusError: false,
    defaultValues: { mergeId, reason: "" },
  });
  const { submit, errors, pending } = useFormSubmit(form, ["reason"], async (values) => {
    await portalClient(scope.tenant, scope.environment).merges.refuse.mutate(values);
    onClose();
    router.refresh();
    return "navigating";
  });
  return (
    <DialogForm
      errorTitle="The merge was not refused"
      errors={errors}
      submitLabel="Refuse merge"
      pendingLabel="Refusing…"
      pending={pending}
      onSubmit={submit}
      onCancel={onClose}
    >
      <Field
        label="Reason"
        name="reason"
        required
        hint="Do not include the patient's details. It is stored with the request."
        error={form.formState.errors.reason?.message}
      >
        {(ids) => <Input {...ids} {...form.register("reason")} autoComplete="off" />}
      </Field>
    </DialogForm>
  );
}
