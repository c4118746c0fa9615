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
import { refuseMessageBatchInput } from "@/server/schemas/message-batches";

type RefuseBatchProps = { scope: PortalScope; batchId: string };

/** Refuses a request, with a reason. */
export function RefuseBatch(props: RefuseBatchProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Refuse</Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Refuse this batch"
        description="The person who requested it sees your reason. Nothing is sent."
      >
        <RefuseBatchForm {...props} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function RefuseBatchForm({ scope, batchId, onClose }: RefuseBatchProps & { onClose: () => void }) {
  const router = useRouter();
  const form = useForm({
    resolver: zodResolver(refuseMessageBatchInput),
    shouldFocusError: false,
    defaultValues: { batchId, reason: "" },
  });
  const { submit, errors, pending } = useFormSubmit(form, ["reason"], async (values) => {
    await portalClient(scope.tenant, scope.environment).messageBatches.refuse.mutate(values);
    onClose();
    router.refresh();
    return "navigating";
  });
  return (
    <DialogForm
      errorTitle="The batch was not refused"
      errors={errors}
      submitLabel="Refuse batch"
      pendingLabel="Refusing…"
      pending={pending}
      onSubmit={submit}
      onCancel={onClose}
    >
      <Field
        label="Reason"
        name="reason"
        required
        hint="Do not include a patient's details. It is stored with the request."
        error={form.formState.errors.reason?.message}
      >
        {(ids) => <Input {...ids} {...form.register("reason")} autoComplete="off" />}
      </Field>
    </DialogForm>
  );
}
