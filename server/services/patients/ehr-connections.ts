import "server-only";
import { and, eq, gte, inArray } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { patientConnections } from "@/db/schema/patients";
import { inScope } from "@/db/scope";
import type { AuditAction } from "../../schemas/activity";
import type { UnfinishedConnection } from "../../schemas/patient-ehr";
import type { TenantContext } from "../../tenancy/context";
import { actorName } from "../actors";
import { recordAudit } from "../audit";
import { isKeyOfRecordId } from "./ehr-comparison";
import type { EhrAccess } from "./ehr-records";

type PatientInput = { practiceId: string; patientId: string };

export type ConnectionRow = typeof patientConnections.$inferSelect;

/** Longer than a call to Hero can take: the process that sent it has died. */
const maxPendingMs = 2 * 60_000;

/** A row whose process has died is unknown. */
export function connectionState(
  row: Pick<ConnectionRow, "outcome" | "sentAt">,
): ConnectionRow["outcome"] {
  const isDead = row.outcome === "pending" && Date.now() - row.sentAt.getTime() > maxPendingMs;
  return isDead ? "unknown" : row.outcome;
}

const isUnfinished = (ctx: TenantContext, { practiceId, patientId }: PatientInput) =>
  and(
    inScope(patientConnections, ctx),
    eq(patientConnections.practiceId, practiceId),
    eq(patientConnections.patientId, patientId),
    inArray(patientConnections.outcome, ["pending", "accepted", "unknown"]),
  );

/** The connection of a patient that was sent and whose result Hero's record has not shown. */
export async function findUnfinishedConnection(
  tx: Transaction,
  ctx: TenantContext,
  patient: PatientInput,
): Promise<UnfinishedConnection | null> {
  const [row] = await tx
    .select({
      outcome: patientConnections.outcome,
      sentAt: patientConnections.sentAt,
      userName: users.name,
    })
    .from(patientConnections)
    .leftJoin(users, eq(users.id, patientConnections.createdBy))
    .where(isUnfinished(ctx, patient));
  if (!row) return null;
  const state = connectionState(row);
  if (state !== "pending" && state !== "accepted" && state !== "unknown") return null;
  return {
    state,
    createdBy: actorName(row.userName, null),
    sentAt: row.sentAt.toISOString(),
  };
}

/** The same, locked against another request for this patient. */
export async function lockUnfinishedConnection(
  tx: Transaction,
  ctx: TenantContext,
  patient: PatientInput,
): Promise<ConnectionRow | undefined> {
  const [row] = await tx
    .select()
    .from(patientConnections)
    .where(isUnfinished(ctx, patient))
    .for("update");
  return row;
}

/** Whether a connection of a patient has been made and seen since. */
export async function wasConnectedSince(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId, patientId }: PatientInput,
  since: Date,
): Promise<boolean> {
  const rows = await tx
    .select({ id: patientConnections.id })
    .from(patientConnections)
    .where(
      and(
        inScope(patientConnections, ctx),
        eq(patientConnections.practiceId, practiceId),
        eq(patientConnections.patientId, patientId),
        eq(patientConnections.outcome, "connected"),
        gte(patientConnections.finishedAt, since),
      ),
    );
  return rows.length > 0;
}

const auditActions: Partial<Record<ConnectionRow["outcome"], AuditAction>> = {
  connected: "patient.connected",
  accepted: "patient.connection_unknown",
  unknown: "patient.connection_unknown",
  failed: "patient.connection_failed",
};

/** Writes what became of a connection, with its audit row. Without Hero's ID of the clinical record. */
export async function saveConnectionOutcome(
  tx: Transaction,
  ctx: TenantContext,
  { practice }: EhrAccess,
  row: Pick<ConnectionRow, "id" | "operationId" | "patientId">,
  outcome: Exclude<ConnectionRow["outcome"], "pending">,
  failureCode: string | null = null,
): Promise<void> {
  const saved = await tx
    .update(patientConnections)
    .set({
      outcome,
      failureCode,
      finishedAt: ["connected", "failed"].includes(outcome) ? new Date() : null,
    })
    .where(
      and(
        inScope(patientConnections, ctx),
        eq(patientConnections.id, row.id),
        // Reading may have resolved it, or a person may have sent it again, while a call was slow.
        eq(patientConnections.operationId, row.operationId),
        inArray(patientConnections.outcome, ["pending", "accepted", "unknown"]),
      ),
    )
    .returning({ id: patientConnections.id });
  const action = auditActions[outcome];
  if (saved.length === 0 || !action) return;
  const subject = { type: "practice", id: practice.id, label: practice.name } as const;
  const { patientId, operationId } = row;
  await recordAudit(tx, ctx, action, subject, { patientId, operationId, errorCode: failureCode });
}

/** After Hero's record shows a connection: it is the one that was sent, or somebody made another. */
export async function resolveConnection(
  tx: Transaction,
  ctx: TenantContext,
  access: EhrAccess,
  patient: PatientInput,
  ehrPartnerId: string,
): Promise<void> {
  const row = await lockUnfinishedConnection(tx, ctx, patient);
  if (!row) return;
  const isSame = isKeyOfRecordId(access.keys, ehrPartnerId, row.candidateFingerprint);
  await saveConnectionOutcome(
    tx,
    ctx,
    access,
    row,
    isSame ? "connected" : "failed",
    isSame ? null : "other_record",
  );
}
