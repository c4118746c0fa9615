import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { inScope, inTenant } from "@/db/scope";
import { OperationIdReusedError } from "../../errors";
import type { CreatedBookingLink } from "../../hero/booking-links";
import type { HeroErrorCode } from "../../hero/errors";
import type { HeroConnection } from "../../hero/request";
import type { LinkView } from "../../schemas/links/view";
import { actorId, type TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import { callHeroForPractice, type HeroOutcome } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { explainFailure, explainUnknown } from "./explain";
import { addSearchTerms, searchTermsOf, tokenize } from "./search-terms";
import { getLinkView } from "./view";

type LinkRow = typeof links.$inferInsert;

/** What a link of either kind needs to be made: its row, and how Hero is asked for it. */
export type LinkRequest = {
  operationId: string;
  practiceId: string;
  /** Tells a repeat of the same request from another under a used operation id. */
  requestHash: string;
  /** What the ledger says of it; undefined where Hero's lists have to be read first. */
  buildRow: (practice: PracticeWithKey) => NewLinkRow | undefined;
  /** Reads what `describe` lacked, outside any transaction. */
  buildRowFromHero: () => Promise<NewLinkRow>;
  send: (hero: HeroConnection) => Promise<CreatedBookingLink>;
};

export type NewLinkRow = Pick<LinkRow, "kind" | "expiresOn" | "maxUses"> &
  Partial<Omit<LinkRow, "tenantId" | "environment" | "id" | "operationId" | "requestHash">>;

/** For whom the worker makes a link of a file's row. */
export type BulkUploadOrigin = { bulkUploadId: string; createdBy: string };

/**
 * Refusals that say nothing about the link itself and may pass: Hero was busy or away, the key was no
 * good. A row of a file is asked again after one of these, under the same link; nothing was made then, so
 * nothing can be made twice.
 */
export const transientErrorCodes: readonly string[] = [
  "busy",
  "unauthorised",
  "rate_limited",
  "unreachable",
] satisfies HeroErrorCode[];

async function insertPending(
  tx: Transaction,
  ctx: TenantContext,
  request: LinkRequest,
  row: NewLinkRow,
  origin: BulkUploadOrigin | undefined,
): Promise<string | undefined> {
  const id = uuidv7();
  const [inserted] = await tx
    .insert(links)
    .values({
      ...row,
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      operationId: request.operationId,
      requestHash: request.requestHash,
      practiceId: request.practiceId,
      outcome: "pending",
      bulkUploadId: origin?.bulkUploadId ?? null,
      createdBy: origin?.createdBy ?? actorId(ctx),
    })
    .onConflictDoNothing({ target: [links.tenantId, links.operationId] })
    .returning({ id: links.id });
  if (inserted) {
    await addSearchTerms(
      tx,
      ctx,
      id,
      searchTermsOf({
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
  return inserted?.id;
}

async function findByOperationId(tx: Transaction, ctx: TenantContext, operationId: string) {
  const [row] = await tx
    .select({ id: links.id, environment: links.environment, requestHash: links.requestHash })
    .from(links)
    .where(and(inTenant(links, ctx), eq(links.operationId, operationId)));
  return row;
}

/** A row's link that was refused in passing, taken up again; undefined where it is in any other state. */
async function retryFailedLink(
  tx: Transaction,
  ctx: TenantContext,
  linkId: string,
): Promise<string | undefined> {
  const [row] = await tx
    .update(links)
    .set({ outcome: "pending", failure: null, failureCode: null, requestedAt: new Date() })
    .where(
      and(
        inScope(links, ctx),
        eq(links.id, linkId),
        eq(links.outcome, "failed"),
        inArray(links.failureCode, [...transientErrorCodes]),
      ),
    )
    .returning({ id: links.id });
  return row?.id;
}

function ledgerUpdateOf(outcome: HeroOutcome<CreatedBookingLink>, practice: PracticeWithKey) {
  if (outcome.ok) {
    const now = new Date();
    return {
      action: "link.created",
      row: {
        outcome: "active",
        url: outcome.result.url,
        heroLinkId: outcome.result.id,
        lastActivityAt: now,
        refreshedAt: now,
        failure: null,
        failureCode: null,
      },
    } as const;
  }
  const { error } = outcome;
  return error.writeOutcome === "no"
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
export async function createLinkOnce(
  ctx: TenantContext,
  request: LinkRequest,
  origin?: BulkUploadOrigin,
): Promise<LinkView> {
  const { operationId, requestHash } = request;
  const reserve = async (rowFromHero?: NewLinkRow) =>
    db.tenant(ctx, async (tx) => {
      const practice = await loadPracticeWithKey(tx, ctx, request.practiceId);
      const row = rowFromHero ?? request.buildRow(practice);
      let linkId = row && (await insertPending(tx, ctx, request, row, origin));
      if (!linkId) {
        const existing = await findByOperationId(tx, ctx, operationId);
        if (!existing) return { practice };
        if (existing.environment !== ctx.environment || existing.requestHash !== requestHash) {
          throw new OperationIdReusedError(
            "This form was sent before with other values, and its link was made then. Open a new form.",
          );
        }
        linkId = origin && (await retryFailedLink(tx, ctx, existing.id));
        if (!linkId) return { practice, existing: await getLinkView(tx, ctx, existing.id) };
      }
      const subject = { type: "link", id: linkId, label: practice.name } as const;
      await recordAudit(tx, ctx, "link.requested", subject, { operationId });
      return { practice, linkId, subject };
    });

  let reservation = await reserve();
  // What the kept lists do not name is looked for in Hero's lists of now, outside a transaction.
  if (!reservation.linkId && !reservation.existing)
    reservation = await reserve(await request.buildRowFromHero());
  if (reservation.existing) return reservation.existing;
  const { practice, linkId, subject } = reservation;
  if (!linkId || !subject) throw new Error("A link was neither opened nor found.");

  const outcome = await callHeroForPractice(ctx, practice, request.send);
  const { action, row } = ledgerUpdateOf(outcome, practice);
  return db.tenant(ctx, async (tx) => {
    await tx
      .update(links)
      .set(row)
      .where(and(inScope(links, ctx), eq(links.id, linkId)));
    if (outcome.ok) {
      const { id, url } = outcome.result;
      await addSearchTerms(tx, ctx, linkId, tokenize(`${id ?? ""} ${url.split("/").at(-1) ?? ""}`));
    }
    await recordAudit(tx, ctx, action, subject, {
      operationId,
      errorCode: outcome.ok ? null : outcome.error.code,
      upstreamStatus: outcome.ok ? null : (outcome.error.details.status ?? null),
    });
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    return getLinkView(tx, ctx, linkId);
  });
}
