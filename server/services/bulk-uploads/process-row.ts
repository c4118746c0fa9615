import "server-only";
import { db } from "@/db/client";
import type { SealingKey } from "../../crypto/secret-box";
import { DomainError, LookupsPausedError, NotFoundError, RateLimitedError } from "../../errors";
import { env } from "../../env";
import { HeroError } from "../../hero/errors";
import { fetchForm } from "../../hero/forms";
import type { LinkView } from "../../schemas/links/view";
import type { PatientLookup } from "../../schemas/patients";
import type { TenantContext } from "../../tenancy/context";
import { callHeroForPractice } from "../hero-calls/call";
import { fetchFromHero } from "../hero-calls/fetch";
import { recordCallsForPractice } from "../hero-calls/record";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { createFormLink, createBookingLink } from "../links/create";
import { lookUpById, lookupOutcomeOf, tracePatient } from "../patients/lookup";
import { areLookupsPaused, startLookup } from "../patients/lookup-limit";
import { recordReplacedPatient } from "../patients/replaced";
import { openPatient, type RowPatient } from "./identity";
import { claimPatient } from "./patients";
import { type BulkUploadRowRecord, rowOutcomeOf, type RowOutcome } from "./rows";

/** One run of a worker on a bulk upload. */
export type BulkUploadRun = {
  ctx: TenantContext;
  bulkUpload: { id: string; name: string; kind: "booking" | "form"; createdBy: string };
  key: SealingKey;
  /** Titles of the rows' forms, read once a run. */
  formTitles: Map<string, Promise<string>>;
  /** The file's look-ups in the past hour. */
  lookups: { matched: number; unmatched: number };
  /** Consecutive rows that Hero rejected for now, or gave no clear answer for. */
  consecutiveRejections: number;
  /** When pages were last told of the rows that are done, of `performance.now()`. */
  progressAt: number;
};

/** The outcome of a row, or why the whole bulk upload cannot continue. */
export type RowResult =
  | Exclude<RowOutcome, { state: "waiting" }>
  /** `isBusy` when nothing was sent to Hero, because the key has no free slot or Hero asked to wait. */
  | { state: "waiting"; isBusy?: boolean }
  /** `hasTooManyLookups` when it may be a search for people's dates of birth, so that owners are told. */
  | { state: "blocked"; reason: string; hasTooManyLookups?: boolean };

const lookupLimitReason =
  "Too many look-ups did not match a patient, or one patient was looked up with several dates of birth. Check the rows, then resume in an hour.";

/** A file may have many rows, so it pauses only when more than a tenth of its look-ups match nobody. */
const isOverLimit = ({ matched, unmatched }: BulkUploadRun["lookups"]): boolean =>
  unmatched > env().PATIENT_LOOKUPS_PER_HOUR && unmatched * 10 > matched + unmatched;

const retryLater = { state: "waiting" } as const;
const notConnected = {
  state: "failed",
  reason: "The practice is no longer connected. No link was created.",
  reasonCode: "not_connected",
} as const;
export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What Hero's error means for a row whose link has not been requested. */
function classifyHeroError(error: HeroError, practiceName: string): RowResult {
  switch (error.code) {
    case "unauthorised":
      return {
        state: "blocked",
        reason: `${error.message} Replace the API key of ${practiceName}, then resume.`,
      };
    case "forbidden":
    case "wrong_environment":
      return { state: "blocked", reason: `${error.message} (${practiceName})` };
    case "disconnected":
      return notConnected;
    case "bad_request":
      return {
        state: "failed",
        reason: "Hero rejected the patient's details. No link was created.",
        reasonCode: error.code,
      };
    case "busy":
      return { ...retryLater, isBusy: true };
    default:
      return retryLater;
  }
}

/** A row that has a date of birth beside Hero's ID is a look-up by both. */
function toIdLookup({ patientId, otherDetails }: RowPatient): PatientLookup | null {
  const dateOfBirth = otherDetails?.dateOfBirth;
  return patientId && dateOfBirth ? { by: "hero_id", patientId, dateOfBirth } : null;
}

/**
 * Hero's ID of a row's patient, who may be invited, or the outcome of the row. A patient who could not be
 * checked keeps the row waiting: look-ups are documented as safe to repeat, and no link was requested.
 */
async function resolvePatient(
  run: BulkUploadRun,
  row: BulkUploadRowRecord,
): Promise<string | null | RowResult> {
  const { ctx, key, bulkUpload } = run;
  const { sealed } = row;
  if (!sealed && !row.patientId) return null;
  const patient: RowPatient = sealed
    ? openPatient(ctx, key, { ...row, sealed })
    : { patientId: row.patientId ?? "" };
  const { identity, otherDetails } = patient;
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, row.practiceId));
  const personId = bulkUpload.createdBy;
  const isFirstRow = run.lookups.matched + run.lookups.unmatched === 0;
  if (isOverLimit(run.lookups) || (isFirstRow && (await areLookupsPaused(ctx, personId)))) {
    return { state: "blocked", reason: lookupLimitReason, hasTooManyLookups: true };
  }
  const origin = { practice, personId, bulkUploadId: bulkUpload.id };
  const attempt = await startLookup(ctx, origin, identity ?? toIdLookup(patient));
  const outcome = await callHeroForPractice(ctx, practice, (hero) =>
    identity
      ? tracePatient(hero, identity, otherDetails)
      : lookUpById(hero, patient.patientId ?? "", otherDetails),
  );
  await db.tenant(ctx, (tx) => recordCallsForPractice(tx, ctx, practice, outcome.records));
  const lookupOutcome = lookupOutcomeOf(outcome);
  if (lookupOutcome !== "unanswered") run.lookups[lookupOutcome] += 1;
  await attempt.finish(lookupOutcome);
  if (!outcome.ok) return classifyHeroError(outcome.error, practice.name);
  const lookup = outcome.result;
  const failRow = (reason: string, reasonCode: string) =>
    ({ state: "failed", reason: `${reason} No link was created.`, reasonCode }) as const;
  if (lookup.outcome === "could_not_be_checked") return retryLater;
  if (lookup.outcome === "merged_elsewhere") {
    const { otherId, reason } = lookup;
    const replaced = { patientId: patient.patientId ?? "", otherId };
    await db.tenant(ctx, (tx) => recordReplacedPatient(tx, ctx, practice, replaced));
    return failRow(reason, "patient_merged");
  }
  if (lookup.outcome === "not_found") {
    return failRow("Hero found no matching patient.", "patient_not_found");
  }
  if (lookup.outcome === "verification_required") {
    return failRow(
      "Hero could not confirm the identity: the patient must verify it first. Look this patient up individually to get the address for that.",
      "patient_verification_required",
    );
  }
  if (lookup.outcome === "identifiers_differ") return failRow(lookup.reason, "patient_mismatch");
  if (lookup.refusal) return failRow(lookup.refusal, "patient_refused");
  if (patient.patientId && patient.patientId !== lookup.patientId) {
    return failRow(
      "The Hero patient ID and the other details in this row belong to different patients.",
      "patient_mismatch",
    );
  }
  const repeat = await claimPatient(ctx, row, lookup.patientId);
  return repeat ? failRow(repeat, "patient_has_link") : lookup.patientId;
}

function getFormTitle(
  run: BulkUploadRun,
  row: BulkUploadRowRecord,
  formId: string,
): Promise<string> {
  const cacheKey = `${row.practiceId}/${formId}`;
  const cached = run.formTitles.get(cacheKey);
  if (cached) return cached;
  const titlePromise = fetchFromHero(run.ctx, row.practiceId, (hero) =>
    fetchForm(hero, formId),
  ).then(({ title }) => title);
  run.formTitles.set(cacheKey, titlePromise);
  titlePromise.catch(() => run.formTitles.delete(cacheKey));
  return titlePromise;
}

async function createRowLink(
  run: BulkUploadRun,
  row: BulkUploadRowRecord,
  patientId: string | null,
): Promise<LinkView> {
  const { ctx, bulkUpload } = run;
  const origin = { bulkUploadId: bulkUpload.id, createdBy: bulkUpload.createdBy };
  const commonFields = {
    operationId: row.operationId,
    practiceId: row.practiceId,
    patientId: patientId ?? undefined,
    reference: row.reference ?? undefined,
    name: row.name ?? undefined,
    tags: row.tags.length > 0 ? row.tags : undefined,
    expiresOn: row.expiresOn,
    maxUses: row.maxUses,
  };
  if (row.formId) {
    const formTitle = await getFormTitle(run, row, row.formId);
    return createFormLink(ctx, { ...commonFields, formId: row.formId }, { ...origin, formTitle });
  }
  return createBookingLink(
    ctx,
    {
      ...commonFields,
      appointmentTypeId: row.appointmentTypeId ?? "",
      locationId: row.locationId ?? "",
      practitionerId: row.practitionerId ?? undefined,
      slotsFrom: row.slotsFrom ?? undefined,
      slotsTo: row.slotsTo ?? undefined,
    },
    origin,
  );
}

const ledgerOutcomes = { failed: "failed", unknown: "unknown", pending: "pending" } as const;

/**
 * Looks up a row's patient, if it has one, and creates its link.
 * @throws errors that neither Hero nor the row caused
 */
export async function processRow(run: BulkUploadRun, row: BulkUploadRowRecord): Promise<RowResult> {
  try {
    const patient = await resolvePatient(run, row);
    if (patient !== null && typeof patient === "object") return patient;
    const link = await createRowLink(run, row, patient);
    if (link.failureCode === "unauthorised") {
      return {
        state: "blocked",
        reason: `Hero does not accept this API key. Replace the API key of ${link.practice.name}, then resume.`,
      };
    }
    return rowOutcomeOf({
      linkId: link.id,
      outcome:
        link.state in ledgerOutcomes
          ? ledgerOutcomes[link.state as keyof typeof ledgerOutcomes]
          : "active",
      failure: link.reason,
      failureCode: link.failureCode ?? "",
    });
  } catch (error) {
    if (error instanceof HeroError) {
      return classifyHeroError(error, "the practice");
    }
    // Another look-up of this patient is in progress.
    if (error instanceof RateLimitedError && !(error instanceof LookupsPausedError)) {
      return { ...retryLater, isBusy: true };
    }
    if (error instanceof LookupsPausedError) {
      return { state: "blocked", reason: lookupLimitReason, hasTooManyLookups: true };
    }
    if (error instanceof NotFoundError) {
      return notConnected;
    }
    if (error instanceof DomainError) {
      return {
        state: "failed",
        reason: `${error.message} No link was created.`,
        reasonCode: "rejected",
      };
    }
    throw error;
  }
}
