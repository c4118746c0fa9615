import "server-only";
import { db, isDatabaseGone } from "@/db/client";
import type { SealingKey } from "../../crypto/secret-box";
import { env } from "../../env";
import { DomainError, NotFoundError } from "../../errors";
import { HeroError } from "../../hero/errors";
import { getForm } from "../../hero/forms";
import { describeError, log } from "../../log";
import type { LinkView } from "../../schemas/links";
import type { TenantContext } from "../../tenancy/context";
import { callHeroFor, loadReachablePractice, readHero, settleHeroCalls } from "../hero/access";
import { createFormLink, createLink } from "../links/create";
import { tracePatient } from "../patients/look-up";
import { finishBulk, pauseWithin } from "./control";
import { loadBulkKey } from "./create";
import { openIdentity } from "./identity";
import { takeLease } from "./lease";
import {
  type BulkRowRecord,
  endOf,
  keepPatient,
  type RowEnd,
  settleFault,
  settleOrphans,
  settleRow,
  takeRow,
} from "./rows";
import { lockBulk } from "./view";

/** After this long a run hands over to the next, so that many bulks take turns. */
const runForMs = 60_000;
const triesOfLookUp = 3;
/** So many rows in a row that Hero turned away in passing, and the bulk pauses. */
const patience = 20;

type Run = {
  ctx: TenantContext;
  bulk: { id: string; name: string; kind: "booking" | "form"; createdBy: string };
  key: SealingKey;
  /** Titles of the forms that rows name, read once a run. */
  titles: Map<string, Promise<string>>;
  turnedAway: number;
};

/** What a row meets: its end, or that the whole bulk cannot go on. */
type Met = RowEnd | { state: "stuck"; reason: string };

const waits = { state: "waiting" } as const;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

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

async function workRow(run: Run, row: BulkRowRecord): Promise<Met> {
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

/** One lane: row after row, until none waits, the bulk stops or the run's time is over. */
async function work(run: Run, runnerId: string, isOver: () => boolean): Promise<void> {
  const { ctx, bulk } = run;
  while (!isOver()) {
    const row = await takeRow(ctx, bulk.id, runnerId);
    if (!row) return;
    let met: Met;
    try {
      met = await workRow(run, row);
    } catch (error) {
      // Without a database nothing can be settled: the next run finds the row as an orphan.
      if (isDatabaseGone(error)) throw error;
      log("error", "bulk row failed", { ...describeError(error), requestId: ctx.requestId });
      await settleFault(ctx, row);
      continue;
    }
    if (met.state !== "stuck" && met.state !== "waiting") {
      run.turnedAway = 0;
      await settleRow(ctx, row, met);
      continue;
    }
    await settleRow(ctx, row, waits);
    run.turnedAway += 1;
    const reason =
      met.state === "stuck"
        ? met.reason
        : run.turnedAway >= patience
          ? "Hero turned away many requests in a row. Resume when it answers again."
          : undefined;
    if (reason) {
      await db.tenant(ctx, async (tx) => {
        const { state } = await lockBulk(tx, ctx, bulk.id);
        if (state === "running") await pauseWithin(tx, ctx, bulk, reason);
      });
      return;
    }
    await sleep(500);
  }
}

/**
 * Works on a bulk for a while: settles what a dead run left, then looks up patients and makes links, as
 * many at once as a key may, each row at most once. Rows of a paused or cancelled bulk are left alone.
 *
 * @returns true when the bulk is still running: somebody has to go on with it
 * @throws when the database is gone; rows in flight are settled by the next run
 */
export async function runBulk(
  ctx: TenantContext,
  bulkId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const lease = await takeLease(ctx, bulkId);
  if (!lease) return false;
  const endsAt = performance.now() + runForMs;
  const isOver = () => signal.aborted || performance.now() > endsAt;
  try {
    await settleOrphans(ctx, bulkId);
    const run = await db.tenant(ctx, async (tx): Promise<Run | null> => {
      const { id, name, kind, state, createdBy, dataKeyId } = await lockBulk(tx, ctx, bulkId);
      if (state !== "running") return null;
      const key = await loadBulkKey(tx, ctx, dataKeyId);
      return { ctx, bulk: { id, name, kind, createdBy }, key, titles: new Map(), turnedAway: 0 };
    });
    if (!run) return false;
    const lanes = Math.min(env().HERO_CONCURRENCY, 8);
    const ends = await Promise.allSettled(
      Array.from({ length: lanes }, () => work(run, lease.runnerId, isOver)),
    );
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
    if (!isOver()) await finishBulk(ctx, bulkId);
  } finally {
    await lease.release();
  }
  // Asked after the lease is given back: whoever resumed the bulk before that found it taken.
  return db.tenant(ctx, async (tx) => (await lockBulk(tx, ctx, bulkId)).state === "running");
}
