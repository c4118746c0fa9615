import "server-only";
import { db } from "@/db/client";
import type { SealingKey } from "../../crypto/secret-box";
import { DomainError, NotFoundError } from "../../errors";
import { HeroError } from "../../hero/errors";
import { getForm } from "../../hero/forms";
import type { LinkView } from "../../schemas/links";
import type { TenantContext } from "../../tenancy/context";
import { callHeroFor, loadReachablePractice, readHero, settleHeroCalls } from "../hero/access";
import { createFormLink, createLink } from "../links/create";
import { tracePatient } from "../patients/look-up";
import { openIdentity } from "./identity";
import { type BulkRowRecord, endOf, keepPatient, type RowEnd } from "./rows";

const triesOfLookUp = 3;
/** One run of a worker over a bulk. */
export type Run = {
  ctx: TenantContext;
  bulk: { id: string; name: string; kind: "booking" | "form"; createdBy: string };
  key: SealingKey;
  /** Titles of the forms that rows name, read once a run. */
  titles: Map<string, Promise<string>>;
  /** Rows in a row that Hero turned away. */
  turnedAway: number;
};

/** What a row meets: its end, or that the whole bulk cannot go on. */
export type Met = RowEnd | { state: "stuck"; reason: string };

const waits = { state: "waiting" } as const;
export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a refusal of Hero means for a row that has not asked for its link yet. */
function meetError(error: HeroError, practiceName: string): Met | "again" {
  switch (error.code) {
    case "busy":
    case "rate_limited":
    case "unreachable":
      return waits;
    case "unauthorised":
      return {
        state: "stuck",
        reason: `${error.message} Replace the key of ${practiceName}, then resume.`,
      };
    case "forbidden":
    case "wrong_environment":
      return { state: "stuck", reason: `${error.message} (${practiceName})` };
    case "bad_request":
      return {
        state: "refused",
        reason: "Hero does not accept who this patient is said to be. No link was made.",
        reasonCode: error.code,
      };
    default:
      return "again";
  }
}

/** Hero's id of a row's patient, or the end of the row. */
async function findPatient(run: Run, row: BulkRowRecord): Promise<string | null | Met> {
  const { ctx, key } = run;
  if (!row.sealed) return row.patientId;
  const identity = openIdentity(ctx, key, { ...row, sealed: row.sealed });
  for (let tries = 1; ; tries += 1) {
    const practice = await db.tenant(ctx, (tx) => loadReachablePractice(tx, ctx, row.practiceId));
    const outcome = await callHeroFor(ctx, practice, (hero) => tracePatient(hero, identity));
    await db.tenant(ctx, (tx) => settleHeroCalls(tx, ctx, practice, outcome.records));
    if (outcome.ok) {
      const found = outcome.result;
      const refuse = (reason: string, reasonCode: string) =>
        ({ state: "refused", reason: `${reason} No link was made.`, reasonCode }) as const;
      if (found.outcome === "not_found") {
        return refuse("Hero found no such patient.", "patient_not_found");
      }
      if (found.outcome === "must_verify") {
        return refuse(
          "Hero could not be sure who this is: the patient must verify their identity first. Look the patient up by itself to get the address for that.",
          "patient_must_verify",
        );
      }
      if (found.warning) return refuse(found.warning, "patient_warning");
      await keepPatient(ctx, row, found.patientId);
      return found.patientId;
    }
    const met = meetError(outcome.error, practice.name);
    if (met !== "again") return met;
    // Looking up is documented as safe to repeat, and no link has been asked for.
    if (tries >= triesOfLookUp) {
      return {
        state: "refused",
        reason: `${outcome.error.message} The patient could not be looked up. No link was made.`,
        reasonCode: outcome.error.code,
      };
    }
    await sleep(500 * tries);
  }
}

function readTitle(run: Run, row: BulkRowRecord, formId: string): Promise<string> {
  const at = `${row.practiceId}/${formId}`;
  const known = run.titles.get(at);
  if (known) return known;
  const reading = readHero(run.ctx, row.practiceId, (hero) => getForm(hero, formId)).then(
    ({ title }) => title,
  );
  run.titles.set(at, reading);
  reading.catch(() => run.titles.delete(at));
  return reading;
}

async function askForLink(
  run: Run,
  row: BulkRowRecord,
  patientId: string | null,
): Promise<LinkView> {
  const { ctx, bulk } = run;
  const madeFor = { bulkId: bulk.id, createdBy: bulk.createdBy };
  const common = {
    operationId: row.operationId,
    practiceId: row.practiceId,
    patientId: patientId ?? undefined,
    reference: row.reference ?? undefined,
    name: row.name ?? undefined,
    expiresOn: row.expiresOn,
    maximumUses: row.maximumUses,
  };
  if (row.formId) {
    const formTitle = await readTitle(run, row, row.formId);
    return createFormLink(ctx, { ...common, formId: row.formId }, { ...madeFor, formTitle });
  }
  return createLink(
    ctx,
    {
      ...common,
      appointmentTypeId: row.appointmentTypeId ?? "",
      locationId: row.locationId ?? "",
      practitionerId: row.practitionerId ?? undefined,
      slotsFrom: row.slotsFrom ?? undefined,
      slotsTo: row.slotsTo ?? undefined,
    },
    madeFor,
  );
}

const outcomes = { failed: "failed", unknown: "unknown", pending: "pending" } as const;

/**
 * Looks a row's patient up, where it names one, and makes its link.
 * @throws what is neither Hero's doing nor the row's
 */
export async function workRow(run: Run, row: BulkRowRecord): Promise<Met> {
  try {
    const patient = await findPatient(run, row);
    if (patient !== null && typeof patient === "object") return patient;
    const link = await askForLink(run, row, patient);
    if (link.failureCode === "unauthorised") {
      return {
        state: "stuck",
        reason: `${link.reason ?? ""} Then resume.`,
      };
    }
    return endOf({
      linkId: link.id,
      outcome: link.state in outcomes ? outcomes[link.state as keyof typeof outcomes] : "active",
      failure: link.reason,
      failureCode: link.failureCode ?? "",
    });
  } catch (error) {
    if (error instanceof HeroError) {
      const met = meetError(error, "the practice");
      if (met !== "again") return met;
      return {
        state: "refused",
        reason: `${error.message} No link was made.`,
        reasonCode: error.code,
      };
    }
    if (error instanceof NotFoundError) {
      return {
        state: "refused",
        reason: "The practice is not connected any more. No link was made.",
        reasonCode: "not_connected",
      };
    }
    if (error instanceof DomainError) {
      return {
        state: "refused",
        reason: `${error.message} No link was made.`,
        reasonCode: "refused",
      };
    }
    throw error;
  }
}
