"use client";

import { type FormEvent, useEffect, useRef, useState } from "react";
import { portalClient, toCallFailure } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import { ChannelPreview } from "@/components/messages/channel-preview";
import { describeCost, describeParts } from "@/components/messages/cost-text";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type {
  BatchReview,
  MessageBatchView,
  RecipientPreview,
} from "@/server/schemas/message-batches";

type RecipientPreviewsProps = { scope: PortalScope; batch: MessageBatchView; review: BatchReview };

type ShownPreview = { title: string; preview: RecipientPreview };

/** Messages as they would be sent now: the first, the last, three at random, the longest, and any row's. */
export function RecipientPreviews({ scope, batch, review }: RecipientPreviewsProps) {
  const [samples, setSamples] = useState<readonly ShownPreview[]>([]);
  const [row, setRow] = useState<ShownPreview | null>(null);
  const [typedRow, setTypedRow] = useState("");
  const [rowError, setRowError] = useState<string>();
  const { previewRecipient } = portalClient(scope.tenant, scope.environment).messageBatches;
  const load = (rowNumber: number) => previewRecipient.mutate({ batchId: batch.id, rowNumber });

  const showSamples = useAction(async () => {
    const shown: ShownPreview[] = [];
    for (const { title, rowNumber } of listSamples(review)) {
      shown.push({ title, preview: await load(rowNumber) });
      setSamples([...shown]);
    }
    return "staying";
  });
  // At once: nobody should decide without having read messages of the batch.
  const showFirst = useRef(showSamples.run);
  useEffect(() => showFirst.current(), []);

  const showRow = useAction(async () => {
    const rowNumber = Number(typedRow);
    try {
      setRow({ title: `Row ${rowNumber}`, preview: await load(rowNumber) });
    } catch (error) {
      const failure = toCallFailure(error);
      setRow(null);
      setRowError(Object.values(failure.fieldErrors)[0] ?? failure.message);
    }
    return "staying";
  });

  function submitRow(event: FormEvent) {
    event.preventDefault();
    const isNumber = /^\d{1,7}$/.test(typedRow.trim());
    setRowError(isNumber ? undefined : "Enter a row number of this batch.");
    if (isNumber) showRow.run();
  }

  return (
    <section aria-labelledby="previews" className="flex flex-col gap-4">
      <div>
        <h3 id="previews" className="font-semibold">
          Messages
        </h3>
        <p className="mt-0.5 max-w-prose text-sm text-muted">
          Read from Hero now, as they would be sent. Showing them is recorded in the activity log.
        </p>
      </div>
      <div className="flex flex-wrap items-end gap-x-6 gap-y-4">
        <Button pending={showSamples.pending} onClick={showSamples.run}>
          {showSamples.pending ? "Reading…" : "Show the samples again"}
        </Button>
        <form noValidate onSubmit={submitRow} className="flex flex-wrap items-end gap-2">
          <Field label="Row number" name="previewRow" error={rowError}>
            {(ids) => (
              <Input
                {...ids}
                inputMode="numeric"
                autoComplete="off"
                className="max-w-28"
                value={typedRow}
                onChange={(event) => setTypedRow(event.target.value)}
              />
            )}
          </Field>
          <Button type="submit" pending={showRow.pending}>
            {showRow.pending ? "Reading…" : "Show this row"}
          </Button>
        </form>
      </div>
      {showSamples.problem ? (
        <p role="alert" className="font-medium text-danger">
          {showSamples.problem}
        </p>
      ) : null}
      <div role="status" className="sr-only">
        {row
          ? `${row.title} is shown below.`
          : samples.length > 0
            ? "Messages are shown below."
            : ""}
      </div>
      {row || samples.length > 0 ? (
        <ul className="grid gap-4 md:grid-cols-2">
          {[...(row ? [row] : []), ...samples].map(({ title, preview }) => (
            <li key={title} className="flex min-w-0 flex-col gap-2">
              <h4 className="text-sm font-medium text-muted">{title}</h4>
              <PreviewOfRow batch={batch} preview={preview} />
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

/** Each row once, although the first may also be the longest. */
function listSamples({ firstRow, lastRow, sampleRows, longest }: BatchReview) {
  const titles = new Map<number, string[]>();
  const add = (rowNumber: number | null | undefined, title: string) => {
    if (rowNumber === null || rowNumber === undefined) return;
    titles.set(rowNumber, [...(titles.get(rowNumber) ?? []), title]);
  };
  add(firstRow, "first");
  add(lastRow, "last");
  add(longest?.rowNumber, "longest");
  for (const rowNumber of sampleRows) add(rowNumber, "random sample");
  return [...titles].map(([rowNumber, names]) => ({
    rowNumber,
    title: `Row ${rowNumber.toLocaleString("en-GB")}: ${names.join(", ")}`,
  }));
}

function PreviewOfRow({ batch, preview }: { batch: MessageBatchView; preview: RecipientPreview }) {
  const { text, fallbackText, refusal, hasChanged, smsParts, costlyCharacter } = preview;
  return (
    <>
      {text === null ? null : (
        <ChannelPreview
          channel={batch.channel}
          practiceName={batch.practice.publicName}
          text={text}
        >
          {preview.contact ? (
            <span className="block">
              To <span className="tabular-nums">{preview.contact}</span>
            </span>
          ) : null}
          {smsParts === null ? null : (
            <span className="block">{describeParts(smsParts, costlyCharacter)}</span>
          )}
          <span className="block">{describeCost(preview.cost)}</span>
        </ChannelPreview>
      )}
      {batch.fallbackChannel && fallbackText !== null ? (
        <ChannelPreview
          channel={batch.fallbackChannel}
          practiceName={batch.practice.publicName}
          text={fallbackText}
        >
          Only if they do not open the message in the NHS App within one hour.
        </ChannelPreview>
      ) : null}
      {preview.reminderText === null ? null : (
        <ChannelPreview
          channel={batch.channel}
          practiceName={batch.practice.publicName}
          text={preview.reminderText}
        >
          The reminder, if they have not booked.
        </ChannelPreview>
      )}
      {refusal ? (
        <Notice tone="warning" title="This recipient gets no message">
          {refusal}
        </Notice>
      ) : hasChanged ? (
        <Notice tone="warning" title="Changed since the check">
          This message would be held and not sent. Check the batch again.
        </Notice>
      ) : null}
    </>
  );
}
