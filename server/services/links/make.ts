import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { OperationReusedError } from "../../errors";
import type { CreatedBookingLink } from "../../hero/booking-links";
import type { HeroErrorCode } from "../../hero/errors";
import type { HeroAccess } from "../../hero/request";
import type { LinkView } from "../../schemas/links";
import { actorId, type TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import {
  callHeroFor,
  type HeroOutcome,
  loadReachablePractice,
  type ReachablePractice,
  settleHeroCalls,
} from "../hero/access";
import { explainFailure, explainUnknown } from "./explain";
import { addTerms, termsOf, wordsOf } from "./terms";
import { getLinkView } from "./view";

type LinkRow = typeof links.$inferInsert;

/** What a link of either kind needs to be made: its row, and how Hero is asked for it. */
export type Making = {
  operationId: string;
  practiceId: string;
  /** Tells a repeat of the same request from another under a used operation id. */
  requestHash: string;
  /** What the ledger says of it; undefined where Hero's lists have to be read first. */
  describe: (practice: ReachablePractice) => MakingRow | undefined;
  /** Reads what `describe` lacked, outside any transaction. */
  describeFresh: () => Promise<MakingRow>;
  ask: (hero: HeroAccess) => Promise<CreatedBookingLink>;
};

export type MakingRow = Pick<LinkRow, "kind" | "expiresOn" | "maximumUses"> &
  Partial<Omit<LinkRow, "tenantId" | "environment" | "id" | "operationId" | "requestHash">>;

/** For whom the worker makes a link of a file's row. */
export type MadeForBulk = { bulkId: string; createdBy: string };

/**
 * Refusals that say nothing about the link itself and may pass: Hero was busy or away, the key was no
 * good. A row of a file is asked again after one of these, under the same link; nothing was made then, so
 * nothing can be made twice.
 */
export const passingRefusals: readonly string[] = [
  "busy",
  "unauthorised",
  "rate_limited",
  "unreachable",
] satisfies HeroErrorCode[];

const isLink = (ctx: TenantContext, linkId: string) =>
  and(
    eq(links.tenantId, ctx.tenantId),
    eq(links.environment, ctx.environment),
    eq(links.id, linkId),
  );

async function insertPending(
  tx: Transaction,
  ctx: TenantContext,
  making: Making,
  row: MakingRow,
  bulk: MadeForBulk | undefined,
): Promise<string | undefined> {
  const id = uuidv7();
  const [made] = await tx
    .insert(links)
    .values({
      ...row,
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      operationId: making.operationId,
      requestHash: making.requestHash,
      practiceId: making.practiceId,
      outcome: "pending",
      bulkId: bulk?.bulkId ?? null,
      createdBy: bulk?.createdBy ?? actorId(ctx),
    })
    .onConflictDoNothing({ target: [links.tenantId, links.operationId] })
    .returning({ id: links.id });
  if (made) {
    await addTerms(
      tx,
      ctx,
      id,
      termsOf({
        name: row.name ?? null,
        reference: row.reference ?? null,
        tags: row.tags ?? [],
        appointmentTypeName: row.appointmentTypeName ?? null,
        locationName: row.locationName ?? null,
        practitionerName: row.practitionerName ?? null,
        formTitle: row.formTitle ?? null,
      }),
    );
  }
  return made?.id;
}

async function findRepeat(tx: Transaction, ctx: TenantContext, operationId: string) {
  const [row] = await tx
    .select({ id: links.id, environment: links.environment, requestHash: links.requestHash })
    .from(links)
    .where(and(eq(links.tenantId, ctx.tenantId), eq(links.operationId, operationId)));
  return row;
}

/** A row's link that was refused in passing, taken up again; undefined where it is in any other state. */
async function takeUpAgain(
  tx: Transaction,
  ctx: TenantContext,
  linkId: string,
): Promise<string | undefined> {
  const [row] = await tx
    .update(links)
    .set({ outcome: "pending", failure: null, failureCode: null, askedAt: new Date() })
    .where(
      and(
        isLink(ctx, linkId),
        eq(links.outcome, "failed"),
        inArray(links.failureCode, [...passingRefusals]),
      ),
    )
    .returning({ id: links.id });
  return row?.id;
}

function outcomeOf(outcome: HeroOutcome<CreatedBookingLink>, practice: ReachablePractice) {
  if (outcome.ok) {
    const now = new Date();
    return {
      action: "link.created",
      row: {
        outcome: "active",
        url: outcome.result.url,
        heroLinkId: outcome.result.id,
        activeAt: now,
        refreshedAt: now,
        failure: null,
        failureCode: null,
      },
    } as const;
  }
  const { error } = outcome;
  return error.isDone === "no"
    ? ({
        action: "link.failed",
        row: {
          outcome: "failed",
          failure: explainFailure(error, practice),
          failureCode: error.code,
        },
      } as const)
    : ({
        action: "link.unknown",
        row: {
          outcome: "unknown",
          failure: explainUnknown(error, practice),
          failureCode: error.code,
        },
      } as const);
}

/**
 * Makes one link, at most once for an operation id: a pending row first, then the one call to Hero, then
 * what came of it. Hero's refusal or silence is not an error here: the link comes back as `failed` or
 * `unknown` with its reason, and stands in the ledger so. Asked again, it gives the same link in
 * whatever state it is by then; only a row of a file takes up a link that was refused in passing.
 *
 * @throws NotFoundError unless the practice is on this tenant's list in this environment
 * @throws OperationReusedError when the operation id was used for something else
 * @throws InvalidInputError, HeroError from `describeFresh`; nothing is written then
 */
export async function makeLink(
  ctx: TenantContext,
  making: Making,
  bulk?: MadeForBulk,
): Promise<LinkView> {
  const { operationId, requestHash } = making;
  const open = async (fresh?: MakingRow) =>
    db.tenant(ctx, async (tx) => {
      const practice = await loadReachablePractice(tx, ctx, making.practiceId);
      const row = fresh ?? making.describe(practice);
      let linkId = row && (await insertPending(tx, ctx, making, row, bulk));
      if (!linkId) {
        const repeat = await findRepeat(tx, ctx, operationId);
        if (!repeat) return { practice };
        if (repeat.environment !== ctx.environment || repeat.requestHash !== requestHash) {
          throw new OperationReusedError(
            "This form was sent before with other values, and its link was made then. Open a new form.",
          );
        }
        linkId = bulk && (await takeUpAgain(tx, ctx, repeat.id));
        if (!linkId) return { practice, repeat: await getLinkView(tx, ctx, repeat.id) };
      }
      const subject = { type: "link", id: linkId, label: practice.name } as const;
      await recordAudit(tx, ctx, "link.requested", subject, { operationId });
      return { practice, linkId, subject };
    });

  let opened = await open();
  // What the kept lists do not name is looked for in Hero's lists of now, outside a transaction.
  if (!opened.linkId && !opened.repeat) opened = await open(await making.describeFresh());
  if (opened.repeat) return opened.repeat;
  const { practice, linkId, subject } = opened;
  if (!linkId || !subject) throw new Error("A link was neither opened nor found.");

  const outcome = await callHeroFor(ctx, practice, making.ask);
  const { action, row } = outcomeOf(outcome, practice);
  return db.tenant(ctx, async (tx) => {
    await tx.update(links).set(row).where(isLink(ctx, linkId));
    if (outcome.ok) {
      const { id, url } = outcome.result;
      await addTerms(tx, ctx, linkId, wordsOf(`${id ?? ""} ${url.split("/").at(-1) ?? ""}`));
    }
    await recordAudit(tx, ctx, action, subject, {
      operationId,
      errorCode: outcome.ok ? null : outcome.error.code,
      upstreamStatus: outcome.ok ? null : (outcome.error.details.status ?? null),
    });
    await settleHeroCalls(tx, ctx, practice, outcome.records);
    return getLinkView(tx, ctx, linkId);
  });
}
