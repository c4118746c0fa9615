"use client";

import { Download } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useOperationIds } from "@/components/appointments/use-operation-ids";
import { portalClient, toCallFailure } from "@/components/client";
import { DialogForm } from "@/components/forms/dialog-form";
import { useAction } from "@/components/forms/use-action";
import { listFailureErrors } from "@/components/messages/form-errors";
import { portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { buttonClasses } from "@/components/ui/button-classes";
import { Card, CardHeader } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import type { SummaryError } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { formatCount } from "@/components/ui/format-count";
import { Input, Textarea } from "@/components/ui/input";
import { type BatchProps, StopBatch } from "./batch-actions";
import { hasEnded } from "./labels";

/** One place for a wrong text or a wrong list: stop, correct, and report exactly who was reached. */
export function BatchTrouble({ scope, batch, canSend }: BatchProps & { canSend: boolean }) {
  const { counts } = batch;
  const reached = counts.sent + counts.unknown;
  return (
    <Card aria-labelledby="trouble">
      <CardHeader
        id="trouble"
        title="If something went wrong"
        description={`${formatCount(counts.sent, "message")} had left${counts.unknown > 0 ? `, and ${counts.unknown.toLocaleString("en-GB")} may have` : ""}. Messages cannot be recalled. You can stop the rest, and write to exactly those who were reached.`}
      />
      <div className="flex flex-wrap items-start gap-2">
        {canSend && !hasEnded(batch) ? <StopBatch scope={scope} batch={batch} /> : null}
        {canSend && reached > 0 ? <PrepareCorrection scope={scope} batch={batch} /> : null}
        <a
          href={`/api/downloads/${scope.tenant}/${scope.environment}/message-batches/${batch.id}`}
          className={buttonClasses({})}
          download
        >
          <Download aria-hidden="true" className="-mx-0.5 size-4" />
          Download incident report
        </a>
      </div>
    </Card>
  );
}

/** A new batch to those who were reached, or may have been. It is checked and reviewed like any other. */
function PrepareCorrection({ scope, batch }: BatchProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Prepare a correction</Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Prepare a correction"
        description="A new batch to exactly those who were reached, or may have been. Nothing is sent until you have reviewed it."
      >
        <CorrectionForm scope={scope} batch={batch} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

const maxNameCharacters = 80;

function CorrectionForm({ scope, batch, onClose }: BatchProps & { onClose: () => void }) {
  const router = useRouter();
  const operations = useOperationIds();
  const [name, setName] = useState(`Correction: ${batch.name}`.slice(0, maxNameCharacters));
  const [text, setText] = useState("");
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  const create = useAction(async () => {
    try {
      const { messageBatches } = portalClient(scope.tenant, scope.environment);
      const correction = await messageBatches.createCorrection.mutate({
        operationId: operations.idFor(`${name}\n${text}`),
        batchId: batch.id,
        name: name.trim(),
        text,
      });
      router.push(portalPath(scope, `/messages/batches/${correction.id}`));
      return "navigating";
    } catch (error) {
      setErrors(listFailureErrors(toCallFailure(error)));
      return "staying";
    }
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (create.pending) return;
    const found = [
      name.trim() === "" && { field: "name", message: "Enter a name." },
      text.trim() === "" && { field: "text", message: "Enter the message." },
    ].filter((error) => error !== false);
    setErrors(found);
    if (found.length === 0) create.run();
  }

  return (
    <DialogForm
      errorTitle="The correction was not created"
      errors={errors}
      submitLabel="Create the correction"
      pendingLabel="Creating…"
      pending={create.pending}
      onSubmit={submit}
      onCancel={onClose}
    >
      <Field label="Name" name="name" required error={errorOf("name")}>
        {(ids) => (
          <Input
            {...ids}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field label="Message" name="text" required error={errorOf("text")}>
        {(ids) => (
          <Textarea
            {...ids}
            rows={6}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
    </DialogForm>
  );
}
