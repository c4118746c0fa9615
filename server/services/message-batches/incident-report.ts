import "server-only";
import { and, asc, eq, gt, lte } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { messageRecipients } from "@/db/schema/message-batches";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import { csvByteOrderMark, toCsvLine } from "../../schemas/csv";
import { environmentNames } from "../../schemas/environment-names";
import type { MessageBatchIdInput, MessageBatchView } from "../../schemas/message-batches";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import type { MessageRow } from "../messages/load";
import { lostReply, shownState } from "../messages/view";
import { loadBatch, type RecipientRow } from "./load";
import { recordBatchAudit } from "./record";
import { getBatchView } from "./view";

const rowsPerChunk = 1_000;

/**
 * Who was reached by a batch, as CSV, for a report of an incident: what happened to it and who did it, then a line for
 * each recipient and each reminder. Hero's IDs stand for patients; names, contacts and texts are not in it.
 *
 * @throws NotFoundError
 */
export async function exportIncidentReport(
  ctx: TenantContext,
  { batchId }: MessageBatchIdInput,
): Promise<{ fileName: string; chunks: AsyncGenerator<string> }> {
  requirePermission(ctx, "messages.read");
  const view = await db.tenant(ctx, async (tx) => {
    await recordBatchAudit(
      tx,
      ctx,
      "message_batch.report_downloaded",
      await loadBatch(tx, ctx, batchId),
    );
    return getBatchView(tx, ctx, batchId);
  });
  async function* chunks() {
    yield csvByteOrderMark + headOf(ctx, view).map(toCsvLine).join("");
    yield toCsvLine([]) + toCsvLine(columns);
    for (let after = 0; ; ) {
      const cursor = after;
      const { rows, lastRow } = await db.tenant(ctx, (tx) => listRows(tx, ctx, batchId, cursor));
      if (lastRow === null) return;
      yield rows.map((row) => toCsvLine(toCells(row))).join("");
      after = lastRow;
    }
  }
  return { fileName: `incident-report-${batchId}.csv`, chunks: chunks() };
}

function headOf({ environment }: TenantContext, view: MessageBatchView): string[][] {
  const { practice, approval, counts } = view;
  return [
    ["Batch", view.name],
    ["Batch ID", view.id],
    ["Environment", environmentNames[environment]],
    ["Practice", practice.publicName],
    ["Practice group ID", practice.practiceGroupId],
    ["Channel", view.channel],
    ["Fallback", view.fallbackChannel ?? ""],
    ["State", view.state],
    ["Created by", view.createdBy],
    ["Created at", view.createdAt],
    ["Checked at", view.checkedAt ?? ""],
    ["Approval requested by", approval?.requestedBy ?? ""],
    ["Approval requested at", approval?.requestedAt ?? ""],
    ["Decision", approval?.decision ?? ""],
    ["Decided by", approval?.decidedBy ?? ""],
    ["Decided at", approval?.decidedAt ?? ""],
    ["Started by", view.startedBy ?? ""],
    ["Started at", view.startedAt ?? ""],
    ["Ended by", view.endedBy ?? ""],
    ["Ended at", view.endedAt ?? ""],
    ["Recipients", String(counts.total)],
    ["Sent", String(counts.sent)],
    ["Not sent", String(counts.notSent)],
    ["Unknown", String(counts.unknown)],
    ["Still to send", String(counts.toSend)],
    ["Report created at", new Date().toISOString()],
  ];
}

const columns = [
  "row_number",
  "hero_patient_id",
  "reminder_number",
  "result",
  "reason",
  "channel",
  "delivered_channel",
  "hero_message_id",
  "claimed_at",
  "sent_at",
  "delivered_at",
];

type ReportRow = { recipient: RecipientRow; message: MessageRow | null };

/** The next recipients in the order of their rows, each with its message and its reminders. */
async function listRows(
  tx: Transaction,
  ctx: TenantContext,
  batchId: string,
  after: number,
): Promise<{ rows: ReportRow[]; lastRow: number | null }> {
  const recipients = await tx
    .select()
    .from(messageRecipients)
    .where(
      and(
        inScope(messageRecipients, ctx),
        eq(messageRecipients.batchId, batchId),
        gt(messageRecipients.rowNumber, after),
      ),
    )
    .orderBy(asc(messageRecipients.rowNumber))
    .limit(rowsPerChunk);
  const lastRow = recipients.at(-1)?.rowNumber ?? null;
  if (lastRow === null) return { rows: [], lastRow };
  const theirs = await tx
    .select()
    .from(messages)
    .where(
      and(
        inScope(messages, ctx),
        eq(messages.batchId, batchId),
        gt(messages.rowNumber, after),
        lte(messages.rowNumber, lastRow),
      ),
    )
    .orderBy(asc(messages.rowNumber), asc(messages.reminderNumber));
  const byRow = Map.groupBy(theirs, ({ rowNumber }) => rowNumber);
  const rows = recipients.flatMap((recipient): ReportRow[] => {
    const sent = byRow.get(recipient.rowNumber);
    return sent ? sent.map((message) => ({ recipient, message })) : [{ recipient, message: null }];
  });
  return { rows, lastRow };
}

function toCells({ recipient, message }: ReportRow): string[] {
  const result = message ? shownState(message) : recipient.state;
  const reason = message
    ? (message.failure ?? (result === "unknown" ? lostReply : null))
    : recipient.reason;
  return [
    String(recipient.rowNumber),
    recipient.patientId ?? "",
    message ? String(message.reminderNumber ?? 0) : "",
    result,
    reason ?? "",
    message?.channel ?? "",
    message?.deliveredChannel ?? "",
    message?.heroMessageId ?? "",
    message?.claimedAt?.toISOString() ?? "",
    message?.sentAt?.toISOString() ?? "",
    message?.deliveredAt?.toISOString() ?? "",
  ];
}
