import "server-only";
import { createHash } from "node:crypto";
import { and, eq, inArray, isNull, lt, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import { messageAttachments } from "@/db/schema/message-attachments";
import { messages } from "@/db/schema/messages";
import { inScope, inTenant, type Scope } from "@/db/scope";
import { keyedFingerprint } from "../../crypto/keyed-fingerprint";
import { open, type SealingKey, seal } from "../../crypto/secret-box";
import { InvalidInputError, NotFoundError, OperationIdReusedError } from "../../errors";
import {
  createAttachmentLink,
  listPatientAttachments,
  type NewAttachmentLink,
} from "../../hero/attachments";
import { HeroError } from "../../hero/errors";
import { addDays, ukDateOf } from "../../schemas/dates";
import { findFileProblem } from "../../schemas/file-type";
import type {
  AttachRecordFileInput,
  MessageAttachment,
  UploadMessageFileInput,
} from "../../schemas/message-attachments";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { callHeroForPractice, type HeroOutcome } from "../hero-calls/call";
import { fetchFromHero } from "../hero-calls/fetch";
import { recordCallsForPractice } from "../hero-calls/record";
import { requireAllowedPatient } from "../patients/check";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { loadDataKey } from "../practices/stored-key";
import { loadKeyOfMessage } from "./content";
import { maxReplyMs } from "./view";

/** Files for messages. Hero keeps them; the portal keeps a sealed name and Hero's ID until the text is erased. */

type AttachmentRow = typeof messageAttachments.$inferSelect;
type NewFile = {
  operationId: string;
  practiceId: string;
  patientId: string;
  name: string;
  bytes: number | null;
  /** Tells a repeat from another file. */
  contentHash: string;
  body: NewAttachmentLink;
};

/** A message can be sent 90 days after it was written, and its file can be opened for 30 more. */
const validForDays = 120;
/** An upload that no message uses keeps its name for a day. */
const unusedMs = 24 * 3_600_000;

/**
 * Uploads a file to Hero for a message to this patient, once for an operation ID. A repeat gets the same file in its
 * present state. Nothing is sent to the patient.
 *
 * @throws InvalidInputError on `data` when the content cannot be sent, on `patientId` when the patient may not be messaged
 * @throws OperationIdReusedError, NotFoundError unless the practice is connected, PatientNotCheckedError
 */
export async function uploadMessageFile(
  ctx: TenantContext,
  { operationId, practiceId, patientId, name, data }: UploadMessageFileInput,
): Promise<MessageAttachment> {
  requirePermission(ctx, "messages.send");
  const content = Buffer.from(data, "base64");
  const problem = findFileProblem(name, content.toString("latin1"));
  if (problem) throw new InvalidInputError("data", problem);
  return attach(ctx, {
    operationId,
    practiceId,
    patientId,
    name,
    bytes: content.length,
    contentHash: createHash("sha256").update(content).digest("hex"),
    body: {
      file_data: content.toString("base64"),
      file_name: name,
      patient_id: patientId,
      expiry_date: addDays(ukDateOf(new Date()), validForDays),
    },
  });
}

/**
 * Takes a file of the patient's clinical record for a message, once for an operation ID.
 *
 * @throws InvalidInputError on `fileId` unless the patient has it
 * @throws as `uploadMessageFile`
 */
export async function attachRecordFile(
  ctx: TenantContext,
  { operationId, practiceId, patientId, fileId }: AttachRecordFileInput,
): Promise<MessageAttachment> {
  requirePermission(ctx, "messages.send");
  requirePermission(ctx, "patients.read");
  const { attachments } = await fetchFromHero(ctx, practiceId, (hero) =>
    listPatientAttachments(hero, patientId),
  );
  const index = attachments.findIndex(({ id }) => id === fileId);
  if (index < 0) {
    throw new InvalidInputError("fileId", "This patient has no such file. Reload the list.");
  }
  return attach(ctx, {
    operationId,
    practiceId,
    patientId,
    name: attachments[index]?.name ?? `File ${index + 1}`,
    bytes: null,
    contentHash: fileId,
    body: {
      ehr_file_id: fileId,
      patient_id: patientId,
      expiry_date: addDays(ukDateOf(new Date()), validForDays),
    },
  });
}

async function attach(ctx: TenantContext, file: NewFile): Promise<MessageAttachment> {
  const found = await db.tenant(ctx, async (tx) => {
    const existing = await findExisting(tx, ctx, file);
    return existing
      ? { view: await toView(tx, ctx, existing) }
      : { practice: await loadPracticeWithKey(tx, ctx, file.practiceId) };
  });
  if (found.view) return found.view;
  const { practice } = found;
  await requireAllowedPatient(ctx, practice, file.patientId, "message");
  const { row, isNew } = await db.tenant(ctx, (tx) => insertPending(tx, ctx, file));
  if (isNew) {
    const outcome = await callHeroForPractice(ctx, practice, (hero) =>
      createAttachmentLink(hero, file.body),
    );
    await recordOutcome(ctx, practice, row, outcome);
  }
  return db.tenant(ctx, async (tx) => toView(tx, ctx, await loadAttachment(tx, ctx, row.id)));
}

const hashOf = (key: SealingKey, { practiceId, patientId, name, contentHash }: NewFile): string =>
  keyedFingerprint(key, "message file", { practiceId, patientId, name, contentHash });

/** @throws OperationIdReusedError */
async function findExisting(
  tx: Transaction,
  ctx: TenantContext,
  file: NewFile,
): Promise<AttachmentRow | null> {
  const [row] = await tx
    .select()
    .from(messageAttachments)
    .where(
      and(inTenant(messageAttachments, ctx), eq(messageAttachments.operationId, file.operationId)),
    );
  if (!row) return null;
  const isSame =
    row.environment === ctx.environment &&
    row.requestHash === hashOf(await loadKeyOfMessage(tx, ctx, row), file);
  if (isSame) return row;
  throw new OperationIdReusedError(
    "This request was already sent with another file. Select the file again.",
  );
}

async function insertPending(
  tx: Transaction,
  ctx: TenantContext,
  file: NewFile,
): Promise<{ row: AttachmentRow; isNew: boolean }> {
  const key = await loadDataKey(tx, ctx);
  const id = uuidv7();
  const [row] = await tx
    .insert(messageAttachments)
    .values({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      operationId: file.operationId,
      requestHash: hashOf(key, file),
      practiceId: file.practiceId,
      patientId: file.patientId,
      sealedName: sealName(ctx, key, id, file.name),
      dataKeyId: key.id,
      bytes: file.bytes,
      createdBy: actorId(ctx),
      createdAt: new Date(),
    })
    .onConflictDoNothing({
      target: [messageAttachments.tenantId, messageAttachments.operationId],
    })
    .returning();
  if (row) return { row, isNew: true };
  const existing = await findExisting(tx, ctx, file);
  if (!existing) throw new Error("The attachment was neither written nor found.");
  return { row: existing, isNew: false };
}

const lostReply =
  "It is not known whether Hero has the file, so it cannot go with a message. Nothing was sent. Select it again.";

async function recordOutcome(
  ctx: TenantContext,
  practice: PracticeWithKey,
  row: AttachmentRow,
  outcome: HeroOutcome<{ uuid: string }>,
): Promise<void> {
  const save = (
    changes: Pick<
      typeof messageAttachments.$inferInsert,
      "state" | "heroUuid" | "failureCode" | "failure"
    >,
  ) =>
    db.tenant(ctx, async (tx) => {
      await recordCallsForPractice(tx, ctx, practice, outcome.records);
      await tx
        .update(messageAttachments)
        .set(changes)
        .where(and(isAttachment(ctx, row.id), eq(messageAttachments.state, "pending")));
      const { state = "pending" } = changes;
      const action =
        state === "ready"
          ? "message_attachment.created"
          : state === "failed"
            ? "message_attachment.failed"
            : "message_attachment.unknown";
      const subject = { type: "message_attachment", id: row.id, label: practice.name } as const;
      const { patientId, operationId } = row;
      await recordAudit(tx, ctx, action, subject, { patientId, operationId });
    });
  const saveError = ({ code, message, writeOutcome }: HeroError) =>
    writeOutcome === "unknown"
      ? save({ state: "unknown", failureCode: code, failure: `${message} ${lostReply}` })
      : save({
          state: "failed",
          failureCode: code,
          failure: `${message.replace(/ Nothing was sent\.$/, "")} Hero does not have the file. Nothing was sent.`,
        });
  if (!outcome.ok) return saveError(outcome.error);
  try {
    await save({ state: "ready", heroUuid: outcome.result.uuid });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Another file has the ID: the reply is not about this one.
    await saveError(new HeroError("unreadable_reply", "createAttachmentLink"));
  }
}

const isAttachment = (ctx: TenantContext, id: string) =>
  and(inScope(messageAttachments, ctx), eq(messageAttachments.id, id));

const nameLocation = (ctx: TenantContext, id: string) => ({
  tenantId: ctx.tenantId,
  table: "message_attachments",
  rowId: `${ctx.environment}/${id}`,
  column: "sealed_name",
});

/** @throws NotFoundError */
async function loadAttachment(
  tx: Transaction,
  ctx: TenantContext,
  id: string,
): Promise<AttachmentRow> {
  const [row] = await tx.select().from(messageAttachments).where(isAttachment(ctx, id));
  if (!row) throw new NotFoundError();
  return row;
}

export const sealName = (ctx: TenantContext, key: SealingKey, id: string, name: string): Buffer =>
  seal(Buffer.from(name, "utf8"), key, nameLocation(ctx, id));

async function openName(tx: Transaction, ctx: TenantContext, row: AttachmentRow): Promise<string> {
  if (!row.sealedName) return "";
  const key = await loadKeyOfMessage(tx, ctx, row);
  const find = (id: string) => (id === key.id ? key.bytes : undefined);
  return open(row.sealedName, find, nameLocation(ctx, row.id)).toString("utf8");
}

async function toView(
  tx: Transaction,
  ctx: TenantContext,
  row: AttachmentRow,
): Promise<MessageAttachment> {
  const isLost = row.state === "pending" && Date.now() - row.createdAt.getTime() > maxReplyMs();
  return {
    id: row.id,
    state: isLost ? "unknown" : row.state,
    name: await openName(tx, ctx, row),
    bytes: row.bytes,
    reason: row.failure ?? (isLost ? lostReply : null),
  };
}

/** What a message needs to know of its file. */
export type AttachmentFacts = {
  id: string;
  practiceId: string;
  patientId: string;
  name: string;
  bytes: number | null;
  /** Hero's ID; null unless the file is ready. */
  heroUuid: string | null;
};

/** @throws NotFoundError for a file of another tenant or environment */
export async function loadAttachmentFacts(
  tx: Transaction,
  ctx: TenantContext,
  attachmentId: string,
): Promise<AttachmentFacts> {
  const row = await loadAttachment(tx, ctx, attachmentId);
  const { id, practiceId, patientId, bytes, state, heroUuid } = row;
  return {
    id,
    practiceId,
    patientId,
    name: await openName(tx, ctx, row),
    bytes,
    heroUuid: state === "ready" ? heroUuid : null,
  };
}

const erased = (now: Date) => ({ sealedName: null, heroUuid: null, erasedAt: now });

/** No message with its text uses it. */
const isUnused = (scope: Scope) =>
  sql`not exists (select 1 from ${messages} where ${inScope(messages, scope)}
    and ${messages.attachmentId} = ${messageAttachments.id} and ${messages.sealedContent} is not null)`;

/** Erases the names of files whose messages' texts were erased. */
export async function eraseAttachments(
  tx: Transaction,
  ctx: TenantContext,
  attachmentIds: readonly string[],
  now: Date,
): Promise<void> {
  if (attachmentIds.length === 0) return;
  await tx
    .update(messageAttachments)
    .set(erased(now))
    .where(
      and(
        inScope(messageAttachments, ctx),
        inArray(messageAttachments.id, [...attachmentIds]),
        isNull(messageAttachments.erasedAt),
        isUnused(ctx),
      ),
    );
}

/** Erases the names of files that no message uses, a day after they were selected. */
export async function eraseUnusedAttachments(scope: Scope, now = new Date()): Promise<void> {
  await db.tenant(scope, (tx) =>
    tx
      .update(messageAttachments)
      .set(erased(now))
      .where(
        and(
          inScope(messageAttachments, scope),
          isNull(messageAttachments.erasedAt),
          lt(messageAttachments.createdAt, new Date(now.getTime() - unusedMs)),
          isUnused(scope),
        ),
      ),
  );
}
