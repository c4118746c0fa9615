import "server-only";
import { and, desc, eq, inArray } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { patientNonMatches } from "@/db/schema/patients";
import { inScope } from "@/db/scope";
import type { HeroEhrCandidate } from "../../hero/patient-ehr";
import type { HeroPatient } from "../../hero/patients";
import {
  type CompareWithEhrInput,
  type EhrCandidateDecision,
  type EhrCandidateView,
  type EhrComparison,
  nonMatchReasons,
  type RejectEhrCandidateInput,
  type RestoreEhrCandidateInput,
} from "../../schemas/patient-ehr";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { actorName } from "../actors";
import { recordAudit } from "../audit";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { findUnfinishedConnection, resolveConnection } from "./ehr-connections";
import {
  isKeyOfCandidate,
  isKeyOfRecords,
  toCandidateView,
  toPatientRecord,
} from "./ehr-comparison";
import { type EhrAccess, loadEhrAccess, readEhrRecords } from "./ehr-records";

type PatientInput = { practiceId: string; patientId: string };

/**
 * The records of the clinical system that may be a patient's, in Hero's order, each compared with Hero's
 * record of the patient. Both are read now, go to the screen and are not stored.
 *
 * @throws InvalidInputError on `dateOfBirth` when it is not the one in Hero's record
 * @throws LookupsPausedError for ten minutes after three wrong dates for this patient
 * @throws NotFoundError unless the practice is connected; HeroError
 */
export async function compareWithEhr(
  ctx: TenantContext,
  input: CompareWithEhrInput,
): Promise<EhrComparison> {
  requirePermission(ctx, "patients.connect");
  const access = await loadEhrAccess(ctx, input.practiceId);
  const records = await readEhrRecords(ctx, access, input);
  return db.tenant(ctx, async (tx): Promise<EhrComparison> => {
    const { practice, keys } = access;
    const subject = { type: "practice", id: practice.id, label: practice.name } as const;
    const { patientId } = input;
    await recordAudit(tx, ctx, "patient.candidates_listed", subject, {
      patientId,
      outcome: records.outcome,
    });
    if (records.outcome === "connected") {
      await resolveConnection(tx, ctx, access, input, records.ehrPartnerId);
      return { outcome: "connected" };
    }
    if (records.outcome !== "listed") return records;
    const { patient, candidates, isComplete } = records;
    const nonMatches = await loadNonMatches(tx, ctx, input);
    const views: EhrCandidateView[] = [];
    for (const candidate of candidates) {
      const view = toCandidateView(keys, patient, candidate);
      const own = nonMatches.filter((nonMatch) =>
        isKeyOfCandidate(keys, candidate, nonMatch.candidateKey),
      );
      const [nonMatch] = own;
      const isCurrent =
        nonMatch !== undefined && isKeyOfRecords(keys, patient, candidate, nonMatch.recordsKey);
      if (nonMatch && own.some(({ candidateKey }) => candidateKey !== view.candidateKey)) {
        await rewriteNonMatch(tx, ctx, input, own, {
          ...nonMatch,
          candidateKey: view.candidateKey,
          recordsKey: isCurrent ? view.recordsKey : nonMatch.recordsKey,
        });
      }
      views.push({ ...view, nonMatch: nonMatch ? toNonMatch(nonMatch, isCurrent) : null });
    }
    return {
      outcome: "listed",
      patient: toPatientRecord(patient),
      candidates: views,
      isComplete,
      connection: await findUnfinishedConnection(tx, ctx, input),
    };
  });
}

/** What people of this organisation have said of a patient's candidates, the latest first. */
export function loadNonMatches(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId, patientId }: PatientInput,
) {
  return tx
    .select({
      candidateKey: patientNonMatches.candidateFingerprint,
      recordsKey: patientNonMatches.recordsFingerprint,
      reason: patientNonMatches.reason,
      createdAt: patientNonMatches.createdAt,
      createdBy: patientNonMatches.createdBy,
      userName: users.name,
    })
    .from(patientNonMatches)
    .leftJoin(users, eq(users.id, patientNonMatches.createdBy))
    .where(
      and(
        inScope(patientNonMatches, ctx),
        eq(patientNonMatches.practiceId, practiceId),
        eq(patientNonMatches.patientId, patientId),
      ),
    )
    .orderBy(desc(patientNonMatches.createdAt));
}

type NonMatch = Awaited<ReturnType<typeof loadNonMatches>>[number];

/** Writes a decision with the newest data key, under which a person can take it back. */
async function rewriteNonMatch(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId, patientId }: PatientInput,
  earlier: NonMatch[],
  { candidateKey, recordsKey, reason, createdAt, createdBy }: NonMatch,
): Promise<void> {
  await tx.delete(patientNonMatches).where(
    and(
      inScope(patientNonMatches, ctx),
      eq(patientNonMatches.practiceId, practiceId),
      eq(patientNonMatches.patientId, patientId),
      inArray(
        patientNonMatches.candidateFingerprint,
        earlier.map((each) => each.candidateKey),
      ),
    ),
  );
  await tx
    .insert(patientNonMatches)
    .values({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      practiceId,
      patientId,
      candidateFingerprint: candidateKey,
      recordsFingerprint: recordsKey,
      reason,
      createdBy,
      createdAt,
    })
    // Another page was first.
    .onConflictDoNothing();
}

const isNonMatchReason = (reason: string): reason is keyof typeof nonMatchReasons =>
  Object.hasOwn(nonMatchReasons, reason);

const toNonMatch = (
  { reason, userName, createdAt }: NonMatch,
  isCurrent: boolean,
): EhrCandidateView["nonMatch"] => ({
  reason: isNonMatchReason(reason) ? nonMatchReasons[reason] : reason,
  createdBy: actorName(userName, null),
  createdAt: createdAt.toISOString(),
  isCurrent,
});

/** The candidate that the page showed; undefined when Hero no longer lists it or either record changed. */
export function findShownCandidate(
  { keys }: EhrAccess,
  { patient, candidates }: { patient: HeroPatient; candidates: HeroEhrCandidate[] },
  shown: { candidateKey: string; recordsKey: string },
): HeroEhrCandidate | undefined {
  return candidates.find(
    (candidate) =>
      isKeyOfCandidate(keys, candidate, shown.candidateKey) &&
      isKeyOfRecords(keys, patient, candidate, shown.recordsKey),
  );
}

/**
 * Remembers that a record is not this patient's, until either record changes.
 * @throws InvalidInputError, LookupsPausedError, NotFoundError, HeroError as `compareWithEhr`
 */
export async function rejectEhrCandidate(
  ctx: TenantContext,
  input: RejectEhrCandidateInput,
): Promise<EhrCandidateDecision> {
  requirePermission(ctx, "patients.connect");
  const { practiceId, patientId, candidateKey, recordsKey, reason } = input;
  const access = await loadEhrAccess(ctx, practiceId);
  const records = await readEhrRecords(ctx, access, input);
  if (records.outcome !== "listed" || !findShownCandidate(access, records, input)) {
    return { outcome: "changed" };
  }
  const decision = {
    recordsFingerprint: recordsKey,
    reason,
    createdBy: actorId(ctx),
    createdAt: new Date(),
  };
  await db.tenant(ctx, async (tx) => {
    const { tenantId, environment } = ctx;
    await tx
      .insert(patientNonMatches)
      .values({
        tenantId,
        environment,
        practiceId,
        patientId,
        candidateFingerprint: candidateKey,
        ...decision,
      })
      .onConflictDoUpdate({
        target: [
          patientNonMatches.tenantId,
          patientNonMatches.environment,
          patientNonMatches.practiceId,
          patientNonMatches.patientId,
          patientNonMatches.candidateFingerprint,
        ],
        set: decision,
      });
    const { id, name } = access.practice;
    const subject = { type: "practice", id, label: name } as const;
    await recordAudit(tx, ctx, "patient.not_matched", subject, { patientId, reason });
  });
  return { outcome: "saved" };
}

/**
 * Takes back that a record is not this patient's. Taking it back again changes nothing.
 * @throws NotFoundError unless the practice is connected
 */
export async function restoreEhrCandidate(
  ctx: TenantContext,
  { practiceId, patientId, candidateKey }: RestoreEhrCandidateInput,
): Promise<EhrCandidateDecision> {
  requirePermission(ctx, "patients.connect");
  await db.tenant(ctx, async (tx) => {
    const { id, name } = await loadPracticeWithKey(tx, ctx, practiceId);
    const deleted = await tx
      .delete(patientNonMatches)
      .where(
        and(
          inScope(patientNonMatches, ctx),
          eq(patientNonMatches.practiceId, practiceId),
          eq(patientNonMatches.patientId, patientId),
          eq(patientNonMatches.candidateFingerprint, candidateKey),
        ),
      )
      .returning({ patientId: patientNonMatches.patientId });
    if (deleted.length === 0) return;
    const subject = { type: "practice", id, label: name } as const;
    await recordAudit(tx, ctx, "patient.not_matched_withdrawn", subject, { patientId });
  });
  return { outcome: "saved" };
}
