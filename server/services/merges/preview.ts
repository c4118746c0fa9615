import "server-only";
import { db } from "@/db/client";
import { ConflictError, PatientNotCheckedError } from "../../errors";
import { HeroError } from "../../hero/errors";
import { type HeroMergePreview, previewMerge } from "../../hero/patient-merge";
import type { HeroConnection } from "../../hero/request";
import type { MergeIdInput, MergePreview, PreviewMergeInput } from "../../schemas/merges";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { requireOpenApproval } from "../approvals/decide";
import { listApprovers, personBehind } from "../approvals/people";
import { noSecondPersonMessage } from "../approvals/request";
import { recordAudit } from "../audit";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { checkPatient } from "../patients/check";
import { startLookup } from "../patients/lookup-limit";
import { recordReplacedPatient } from "../patients/replaced";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { loadDataKey } from "../practices/stored-key";
import {
  compareRecords,
  findMergeRefusal,
  fingerprintPreview,
  type MergeRefusal,
  refusalOf,
} from "./compare";
import { loadMerge } from "./view";

export type RecordPair = { readonly patientId: string; readonly otherPatientId: string };

type Reading =
  | {
      readonly outcome: "previewed";
      readonly preview: HeroMergePreview;
      readonly fingerprint: string;
    }
  | ({ readonly outcome: "refused"; readonly isUnknownPatient: boolean } & MergeRefusal)
  | { readonly outcome: "could_not_be_checked"; readonly error: HeroError };

/**
 * Both records and the result, to compare before a merge is requested.
 * @throws NotFoundError, RateLimitedError after too many IDs that no patient has
 */
export async function previewMergeForRequest(
  ctx: TenantContext,
  input: PreviewMergeInput,
): Promise<MergePreview> {
  requirePermission(ctx, "patients.merge");
  const { practice, hasSecondPerson } = await db.tenant(ctx, async (tx) => ({
    practice: await loadPracticeWithKey(tx, ctx, input.practiceId),
    hasSecondPerson: await findSecondPerson(tx, ctx),
  }));
  // Before any call, so that nobody reads two records for nothing.
  if (!hasSecondPerson) {
    return { outcome: "refused", code: "no_second_person", reason: noSecondPersonMessage };
  }
  return toView(await readMergePreview(ctx, practice, input));
}

/** Whether a colleague could approve a request of this person. */
export async function findSecondPerson(
  tx: Parameters<typeof listApprovers>[0],
  ctx: TenantContext,
): Promise<boolean> {
  const approvers = await listApprovers(tx, ctx, "patients.merge", await personBehind(tx, ctx));
  return approvers.length > 0;
}

/**
 * The second person's own preview of a request that they can decide.
 * @throws NotFoundError, ConflictError once decided or expired, and for the person who requested it
 */
export async function previewMergeForDecision(
  ctx: TenantContext,
  { mergeId }: MergeIdInput,
): Promise<MergePreview> {
  requirePermission(ctx, "patients.merge");
  const { merge, practice } = await db.tenant(ctx, async (tx) => {
    const row = await loadMerge(tx, ctx, mergeId);
    await requireOpenApproval(tx, ctx, row.approvalId, "approved");
    return { merge: row, practice: await loadPracticeWithKey(tx, ctx, row.practiceId) };
  });
  return toView(await readMergePreview(ctx, practice, merge), merge.previewFingerprint);
}

/**
 * Reads both records, and only then the preview. The records of the preview must pass as well.
 * @throws RateLimitedError, HeroError
 */
export async function readMergePreview(
  ctx: TenantContext,
  practice: PracticeWithKey,
  pair: RecordPair,
): Promise<Reading> {
  const { key } = await db.tenant(ctx, async (tx) => ({ key: await loadDataKey(tx, ctx) }));
  const lookup = await startLookup(ctx, { practice, personId: actorId(ctx) }, null);
  const replaced: { patientId: string; otherId: string | null }[] = [];
  const outcome = await callHeroForPractice(ctx, practice, async (hero): Promise<Reading> => {
    const refusal = await checkBoth(hero, pair, replaced);
    if (refusal) return refusal;
    const preview = await previewMerge(hero, pair.patientId, pair.otherPatientId);
    const changed = findMergeRefusal(preview.patient, preview.other);
    if (changed) return { outcome: "refused", isUnknownPatient: false, ...changed };
    return { outcome: "previewed", preview, fingerprint: fingerprintPreview(key, preview) };
  });
  const isUnknownId =
    outcome.ok && outcome.result.outcome === "refused" && outcome.result.isUnknownPatient;
  await lookup.finish(!outcome.ok ? "unanswered" : isUnknownId ? "unmatched" : "matched");
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    for (const each of replaced) await recordReplacedPatient(tx, ctx, practice, each);
    const subject = { type: "practice", id: practice.id, label: practice.name } as const;
    await recordAudit(tx, ctx, "merge.previewed", subject, {
      patientId: pair.patientId,
      otherPatientId: pair.otherPatientId,
      outcome: outcome.ok ? outcome.result.outcome : outcome.error.code,
    });
  });
  if (outcome.ok) return outcome.result;
  // Hero's own rules, such as two dates of birth.
  const isRefused =
    outcome.error.operation === "previewPatientMerge" &&
    ["bad_request", "conflict", "refused", "not_found"].includes(outcome.error.code);
  return isRefused
    ? {
        outcome: "refused",
        isUnknownPatient: false,
        code: "hero_refused",
        reason: "Hero does not allow these two records to be merged. Ask the practice.",
      }
    : { outcome: "could_not_be_checked", error: outcome.error };
}

async function checkBoth(
  hero: HeroConnection,
  { patientId, otherPatientId }: RecordPair,
  replaced: { patientId: string; otherId: string | null }[],
): Promise<Exclude<Reading, { outcome: "previewed" }> | null> {
  const [check, otherCheck] = await Promise.all([
    checkPatient(hero, patientId, "merge"),
    checkPatient(hero, otherPatientId, "merge"),
  ]);
  for (const [id, each] of [
    [patientId, check],
    [otherPatientId, otherCheck],
  ] as const) {
    if (each.outcome === "could_not_be_checked") {
      return { outcome: "could_not_be_checked", error: each.error };
    }
    if (each.outcome === "allowed") continue;
    const mergedInto = each.outcome === "refused" ? each.mergedInto : undefined;
    if (mergedInto) replaced.push({ patientId: id, otherId: mergedInto.otherId });
    return {
      outcome: "refused",
      isUnknownPatient: each.patient === null && !mergedInto,
      code: "patient_refused",
      reason: refusalOf(each.reason, id === otherPatientId),
    };
  }
  if (check.outcome !== "allowed" || otherCheck.outcome !== "allowed") return null;
  const refusal = findMergeRefusal(check.patient, otherCheck.patient);
  return refusal && { outcome: "refused", isUnknownPatient: false, ...refusal };
}

const changedMessage =
  "The records have changed since this merge was requested. Refuse it, and request the merge again.";

function toView(reading: Reading, requestedFingerprint?: string): MergePreview {
  if (reading.outcome === "could_not_be_checked") {
    return { outcome: "could_not_be_checked", reason: reading.error.message };
  }
  if (reading.outcome === "refused") {
    const { outcome, code, reason } = reading;
    return { outcome, code, reason };
  }
  const { preview, fingerprint } = reading;
  if (requestedFingerprint && requestedFingerprint !== fingerprint) {
    return { outcome: "refused", code: "records_changed", reason: changedMessage };
  }
  return { outcome: "can_be_merged", ...compareRecords(preview, fingerprint) };
}

/**
 * The preview, if it is the one that was compared.
 * @throws ConflictError when the records changed or must not be merged
 * @throws PatientNotCheckedError when Hero did not say
 */
export function requireSamePreview(
  reading: Reading,
  expectedFingerprints: readonly string[],
): HeroMergePreview {
  if (reading.outcome === "could_not_be_checked") {
    if (reading.error.code === "disconnected") throw reading.error;
    const { message, details } = reading.error;
    throw new PatientNotCheckedError(message, Math.ceil((details.retryAfterMs ?? 30_000) / 1000));
  }
  if (reading.outcome === "refused") throw new ConflictError(reading.reason);
  if (expectedFingerprints.some((expected) => expected !== reading.fingerprint)) {
    throw new ConflictError(
      "The records have changed since they were compared. Compare them again.",
    );
  }
  return reading.preview;
}
