"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { portalClient, toCallFailure } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import { findQuietEnd, findSendAt } from "@/components/messages/draft";
import { listFailureErrors } from "@/components/messages/form-errors";
import { describeQuietHours } from "@/components/messages/quiet-text";
import { WhenField } from "@/components/messages/when-field";
import { ProductionWarning } from "@/components/shell/production-warning";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { formatCount } from "@/components/ui/format-count";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { formatTimestamp } from "@/server/schemas/dates";
import type { BatchReview, BatchWarning, MessageBatchView } from "@/server/schemas/message-batches";
import type { MessageSettings } from "@/server/schemas/messages";
import { BatchAction, CancelBatch } from "./batch-actions";
import { countMessages } from "./labels";
import { RefuseBatch } from "./lazy-forms";

type DecisionProps = { scope: PortalScope; batch: MessageBatchView; review: BatchReview };

type SendBatchProps = DecisionProps & {
  settings: MessageSettings;
  /** Today's UK date. */
  today: string;
};

/** Sends a reviewed batch, or requests a second person's approval of it. The button says which. */
export function SendBatch({ scope, batch, review, settings, today }: SendBatchProps) {
  const router = useRouter();
  const [confirmed, setConfirmed] = useState<readonly BatchWarning[]>([]);
  const [typedName, setTypedName] = useState("");
  const [when, setWhen] = useState<{ when: "now" | "later"; day: string; time: string }>({
    when: "now",
    day: "",
    time: "",
  });
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  const quietEnd = findQuietEnd(batch, review.earliestSendAt, settings);
  const messages = countMessages(batch.channel, review.included);
  const verb = batch.channel === "note" ? "Save" : when.when === "later" ? "Schedule" : "Send";
  const label = review.needsApproval ? `Request approval of ${messages}` : `${verb} ${messages}`;

  const send = useAction(async () => {
    const sendAt = findSendAt(when, new Date());
    if ("errors" in sendAt) return "staying";
    try {
      const { messageBatches } = portalClient(scope.tenant, scope.environment);
      await messageBatches.send.mutate({
        batchId: batch.id,
        snapshot: review.snapshot,
        confirmed: [...confirmed],
        ...(review.needsPracticeName ? { practiceName: typedName.trim() } : {}),
        sendAt: sendAt.sendAt ?? quietEnd,
      });
      router.refresh();
    } catch (error) {
      setErrors(listFailureErrors(toCallFailure(error)));
    }
    return "staying";
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (send.pending) return;
    const sendAt = findSendAt(when, new Date());
    const found = [
      ...review.warnings
        .filter(({ code }) => !confirmed.includes(code))
        .slice(0, 1)
        .map(({ code }) => ({
          field: `confirm-${code}`,
          message: "Confirm each warning, or do not send this batch.",
        })),
      ...("errors" in sendAt ? sendAt.errors : []),
      ...findNameError(review, batch, typedName),
    ];
    setErrors(found);
    if (found.length === 0) send.run();
  }

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-5">
      <ErrorSummary title="The batch was not sent" errors={errors} />
      {review.warnings.length > 0 ? (
        <Warnings warnings={review.warnings} confirmed={confirmed} onChange={setConfirmed} />
      ) : null}
      <WhenField
        draft={when}
        today={today}
        quietHours={describeQuietHours(settings)}
        onChange={(changes) => setWhen({ ...when, ...changes })}
        errorOf={errorOf}
      />
      <p className="max-w-prose text-sm text-muted">
        {when.when === "now"
          ? quietEnd
            ? `The first messages leave at ${formatTimestamp(quietEnd)}, UK time, when quiet hours end.`
            : `The first messages leave ${formatCount(settings.batchUndoSeconds, "second")} after ${review.needsApproval ? "the approval" : "you press the button"}. The batch can be undone until then.`
          : "The batch can be cancelled until then."}
        {settings.firstSlice > 0 && review.included > settings.firstSlice
          ? ` After ${formatCount(settings.firstSlice, "message")} it pauses, so that you can check the results.`
          : ""}
      </p>
      <PracticeNameField
        batch={batch}
        review={review}
        value={typedName}
        onChange={setTypedName}
        error={errorOf("practiceName")}
      />
      {review.needsApproval ? (
        <p>
          More than {formatCount(review.approvalThreshold, "recipient")}: a second person reviews
          the same page and decides.
        </p>
      ) : null}
      <div className="flex flex-wrap items-start gap-2">
        <ProductionWarning
          environment={scope.environment}
          text={
            batch.channel === "note"
              ? "This saves real notes about patients."
              : "This sends real messages to patients."
          }
        >
          <Button type="submit" variant="primary" pending={send.pending}>
            {send.pending ? (review.needsApproval ? "Requesting…" : "Sending…") : label}
          </Button>
        </ProductionWarning>
        <CancelBatch scope={scope} batch={batch} />
      </div>
    </form>
  );
}

/** The second person's decision, or a withdrawal by the first. */
export function DecideBatch({ scope, batch, review }: DecisionProps) {
  const router = useRouter();
  // The refusal stands outside the form: nothing in it may approve.
  const formId = useId();
  const [typedName, setTypedName] = useState("");
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const approve = useAction(async () => {
    try {
      const { messageBatches } = portalClient(scope.tenant, scope.environment);
      await messageBatches.approve.mutate({
        batchId: batch.id,
        snapshot: review.snapshot,
        ...(review.needsPracticeName ? { practiceName: typedName.trim() } : {}),
      });
    } catch (error) {
      setErrors(listFailureErrors(toCallFailure(error)));
    }
    // Also after a refusal: the request may have ended.
    router.refresh();
    return "staying";
  });
  const { approval } = batch;
  if (!approval?.canDecide) {
    return (
      <div className="flex flex-col items-start gap-3">
        <p>A second person must approve or refuse the batch.</p>
        <BatchAction
          scope={scope}
          batch={batch}
          change="withdraw"
          label="Withdraw request"
          pendingLabel="Withdrawing…"
        />
      </div>
    );
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    if (approve.pending) return;
    const found = findNameError(review, batch, typedName);
    setErrors(found);
    if (found.length === 0) approve.run();
  }
  return (
    <div className="flex flex-col gap-5">
      <form id={formId} noValidate onSubmit={submit} className="flex flex-col gap-5 empty:hidden">
        <ErrorSummary title="The batch was not approved" errors={errors} />
        {review.warnings.length > 0 ? (
          <Notice tone="warning" title="The first person confirmed">
            <ul className="list-disc pl-5">
              {review.warnings.map(({ code, message }) => (
                <li key={code}>{message}</li>
              ))}
            </ul>
          </Notice>
        ) : null}
        <PracticeNameField
          batch={batch}
          review={review}
          value={typedName}
          onChange={setTypedName}
          error={errors.find(({ field }) => field === "practiceName")?.message}
        />
      </form>
      <div className="flex flex-wrap items-start gap-2">
        <ProductionWarning
          environment={scope.environment}
          text="This sends real messages to patients."
        >
          <Button type="submit" form={formId} variant="primary" pending={approve.pending}>
            {approve.pending
              ? "Approving…"
              : `Approve ${countMessages(batch.channel, review.included)}`}
          </Button>
        </ProductionWarning>
        <RefuseBatch scope={scope} batchId={batch.id} />
      </div>
    </div>
  );
}

function findNameError(
  { needsPracticeName }: BatchReview,
  { practice }: MessageBatchView,
  typedName: string,
): SummaryError[] {
  return needsPracticeName && typedName.trim() !== practice.publicName
    ? [{ field: "practiceName", message: `Type ${practice.publicName} to continue.` }]
    : [];
}

type PracticeNameFieldProps = {
  batch: MessageBatchView;
  review: BatchReview;
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
};

/** In production the practice's name is typed, so that nobody sends for another one. */
function PracticeNameField({ batch, review, value, onChange, error }: PracticeNameFieldProps) {
  if (!review.needsPracticeName) return null;
  return (
    <Field
      label={`To continue, type ${batch.practice.publicName}`}
      name="practiceName"
      required
      hint="The practice that the messages are from."
      error={error}
    >
      {(ids) => (
        <Input
          {...ids}
          autoComplete="off"
          className="max-w-md"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

type WarningsProps = {
  warnings: BatchReview["warnings"];
  confirmed: readonly BatchWarning[];
  onChange: (confirmed: BatchWarning[]) => void;
};

function Warnings({ warnings, confirmed, onChange }: WarningsProps) {
  return (
    <fieldset className="rounded-lg border border-ending-line bg-ending-soft p-4">
      <legend className="float-left mb-2 w-full font-semibold text-ending">
        Confirm before you send
      </legend>
      <div className="clear-both flex flex-col gap-2">
        {warnings.map(({ code, message }) => (
          <label key={code} className="flex min-h-8 cursor-pointer items-start gap-2">
            <input
              type="checkbox"
              id={`confirm-${code}`}
              className="mt-0.5 size-4 shrink-0 accent-accent"
              checked={confirmed.includes(code)}
              onChange={(event) =>
                onChange(
                  event.target.checked
                    ? [...confirmed, code]
                    : confirmed.filter((each) => each !== code),
                )
              }
            />
            {message}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
