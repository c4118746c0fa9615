import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { Timestamp } from "@/components/ui/timestamp";
import type {
  BatchCounts,
  BatchResult,
  BatchResultPage,
  MessageBatchView,
  RecipientOutcome,
} from "@/server/schemas/message-batches";
import { outcomeNames, wasStarted } from "./labels";
import { OutcomeBadge } from "./state-badge";
import { StopRemindersFor } from "./stop-reminders";

type BatchResultsProps = {
  scope: PortalScope;
  batch: MessageBatchView;
  page: BatchResultPage;
  outcome: RecipientOutcome | undefined;
  cursor: number | undefined;
  canSend: boolean;
};

/** How many rows a filter finds, where the batch's numbers say it. */
const countOf: Partial<Record<RecipientOutcome, keyof BatchCounts>> = {
  waiting: "waiting",
  excluded: "excluded",
  not_checked: "notChecked",
  delivered: "delivered",
  opened: "opened",
  failed: "failed",
  unknown: "unknown",
  held: "held",
  cancelled: "cancelled",
};

const filterOrder: readonly RecipientOutcome[] = [
  "waiting",
  "included",
  "excluded",
  "not_checked",
  "scheduled",
  "sending",
  "sent",
  "delivered",
  "opened",
  "failed",
  "unknown",
  "held",
  "cancelled",
];

/** Rows that are left out have no messages. */
const isReminded = ({ outcome, remindersEndedReason }: BatchResult): boolean =>
  remindersEndedReason === null && outcome !== "excluded" && outcome !== "not_checked";

/** The recipients in the order of their rows, one page at a time, by what became of them. */
export function BatchResults(props: BatchResultsProps) {
  const { scope, batch, page, outcome, cursor, canSend } = props;
  const path = (query: { outcome?: string | undefined; after?: string | undefined }) =>
    portalPath(scope, `/messages/batches/${batch.id}`, query);
  const filters = filterOrder.filter(
    (filter) => filter === outcome || countRows(batch.counts, filter) > 0,
  );
  const hasReminders = batch.reminders !== null;
  const canStopReminders =
    canSend && wasStarted(batch) && hasReminders && batch.reminders?.endedReason === null;
  return (
    <section aria-labelledby="rows" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id="rows" className="text-lg font-semibold">
          Recipients
        </h2>
        <nav aria-label="Recipients by result" className="flex flex-wrap gap-1">
          {[undefined, ...filters].map((filter) => (
            <Link
              key={filter ?? "all"}
              href={path({ outcome: filter })}
              scroll={false}
              aria-current={filter === outcome ? "page" : undefined}
              className="inline-flex min-h-8 items-center rounded-md border border-transparent px-2.5 text-sm text-muted hover:bg-hover hover:text-ink aria-[current]:border-line-strong aria-[current]:bg-surface aria-[current]:font-medium aria-[current]:text-ink pointer-coarse:min-h-11"
            >
              {filter
                ? `${outcomeNames[filter]} ${countRows(batch.counts, filter).toLocaleString("en-GB")}`
                : "All"}
            </Link>
          ))}
        </nav>
      </div>
      <TableFrame label="Recipients of this batch" density="compact">
        <Table cardsOnPhones>
          <thead>
            <tr>
              <Th numeric>Row</Th>
              <Th>Patient</Th>
              <Th>Result</Th>
              <Th>Reason</Th>
              <Th>Sent</Th>
              {hasReminders ? <Th>Reminders</Th> : null}
            </tr>
          </thead>
          <tbody>
            {page.items.map((row) => (
              <tr key={row.rowNumber}>
                <Td numeric label="Row" className="w-20">
                  {row.rowNumber.toLocaleString("en-GB")}
                </Td>
                <Td label="Patient">
                  {row.patientId ? (
                    <Link
                      href={portalPath(scope, `/patients/${batch.practice.id}/${row.patientId}`)}
                      prefetch={false}
                      className="link font-mono text-sm"
                    >
                      {row.patientId}
                    </Link>
                  ) : (
                    <span className="text-muted">Not known</span>
                  )}
                </Td>
                <Td label="Result">
                  {row.messageId ? (
                    <Link
                      href={portalPath(scope, `/messages/${row.messageId}`)}
                      prefetch={false}
                      className="inline-flex rounded-full"
                    >
                      <OutcomeBadge outcome={row.outcome} />
                      <span className="sr-only"> Open the message of row {row.rowNumber}</span>
                    </Link>
                  ) : (
                    <OutcomeBadge outcome={row.outcome} />
                  )}
                </Td>
                <Td label="Reason" className="min-w-48 text-muted">
                  {row.reason ?? "–"}
                </Td>
                <Td label="Sent" className="text-sm whitespace-nowrap">
                  {row.sentAt ? <Timestamp iso={row.sentAt} format="table" /> : "–"}
                </Td>
                {hasReminders ? (
                  <Td label="Reminders" className="text-sm">
                    {row.remindersEndedReason ?? row.reminders.toLocaleString("en-GB")}
                    {canStopReminders && isReminded(row) && row.patientId ? (
                      <StopRemindersFor
                        scope={scope}
                        batchId={batch.id}
                        patientId={row.patientId}
                        rowNumber={row.rowNumber}
                      />
                    ) : null}
                  </Td>
                ) : null}
              </tr>
            ))}
            {page.items.length === 0 ? (
              <tr>
                <Td colSpan={hasReminders ? 6 : 5} className="text-muted">
                  No recipients.
                </Td>
              </tr>
            ) : null}
          </tbody>
        </Table>
      </TableFrame>
      {cursor !== undefined || page.nextCursor !== null ? (
        <nav aria-label="Pages of recipients" className="flex justify-end gap-2 print:hidden">
          {cursor === undefined ? null : (
            <ButtonLink href={path({ outcome })} size="sm" scroll={false}>
              First page
            </ButtonLink>
          )}
          {page.nextCursor === null ? null : (
            <ButtonLink
              href={path({ outcome, after: String(page.nextCursor) })}
              size="sm"
              rel="next"
              scroll={false}
            >
              Next
            </ButtonLink>
          )}
        </nav>
      ) : null}
    </section>
  );
}

function countRows(counts: BatchCounts, outcome: RecipientOutcome): number {
  if (outcome === "sent") return counts.sent - counts.delivered - counts.opened;
  if (outcome === "included") return counts.toSend;
  const name = countOf[outcome];
  return name ? counts[name] : 0;
}
