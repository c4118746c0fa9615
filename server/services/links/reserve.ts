import "server-only";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { inScope, inTenant } from "@/db/scope";
import { fingerprint } from "../../crypto/tokens";
import { OperationIdReusedError } from "../../errors";
import type { HeroErrorCode } from "../../hero/errors";
import type { LinkView } from "../../schemas/links/view";
import { actorId, type TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import type { PracticeWithKey } from "../practices/load-with-key";
import { addSearchTerms, searchTermsOf } from "./search-terms";
import { getLinkView } from "./view";

/** The bulk upload that a row's link is created for, and the person who uploaded it. */
export type BulkUploadOrigin = { bulkUploadId: string; createdBy: string };

/** A request to create a link, of any kind. */
export type LinkRequest = {
  readonly operationId: string;
  readonly practiceId: string;
  /** Tells a repeat from a different request under the same operation ID. */
  readonly requestHash: string;
  readonly origin: BulkUploadOrigin | undefined;
};

/** The columns of a new link that come from its request. */
export type NewLinkRow = Omit<
  typeof links.$inferInsert,
  keyof LinkRequest | "tenantId" | "environment" | "id" | "outcome" | "createdBy" | "bulkUploadId"
>;

/** A pending link to request from Hero, or the existing link of a repeated request. */
export type Reservation =
  | { readonly existing: null; readonly linkId: string }
  | { readonly existing: LinkView };

/**
 * Failures after which nothing was created at Hero for certain, and which pass. The same request can be
 * sent again, with the same operation ID, for the same link.
 */
export const passingErrorCodes: readonly string[] = [
  "busy",
  "unreachable",
  "rate_limited",
] satisfies HeroErrorCode[];

/** The same for a row of a bulk upload, which waits until the cause is resolved. */
export const transientErrorCodes: readonly string[] = [...passingErrorCodes, "unauthorised"];

export const toLinkRequest = (
  input: { operationId: string; practiceId: string },
  origin: BulkUploadOrigin | undefined,
): LinkRequest => ({
  operationId: input.operationId,
  practiceId: input.practiceId,
  requestHash: fingerprint(JSON.stringify({ ...input, operationId: undefined })),
  origin,
});

/**
 * Writes the pending row, at most once for an operation ID, before Hero is called.
 * @throws OperationIdReusedError
 */
export function reserveLink(
  ctx: TenantContext,
  request: LinkRequest,
  practice: PracticeWithKey,
  row: NewLinkRow,
): Promise<Reservation> {
  return db.tenant(
    ctx,
    async (tx) =>
      (await insertReservation(tx, ctx, request, practice, row)) ??
      (await reserveAgain(tx, ctx, request, practice)),
  );
}

/** @returns null when the operation ID was used before */
async function insertReservation(
  tx: Transaction,
  ctx: TenantContext,
  request: LinkRequest,
  practice: PracticeWithKey,
  row: NewLinkRow,
): Promise<Reservation | null> {
  const { operationId, practiceId, requestHash, origin } = request;
  const linkId = uuidv7();
  const [inserted] = await tx
    .insert(links)
    .values({
      ...row,
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id: linkId,
      operationId,
      requestHash,
      practiceId,
      outcome: "pending",
      bulkUploadId: origin?.bulkUploadId ?? null,
      createdBy: origin?.createdBy ?? actorId(ctx),
    })
    .onConflictDoNothing({ target: [links.tenantId, links.operationId] })
    .returning({ id: links.id });
  if (!inserted) return null;
  await Promise.all([
    addSearchTerms(tx, ctx, linkId, searchTermsOf(row)),
    recordLinkRequested(tx, ctx, request, practice, linkId),
  ]);
  return { existing: null, linkId };
}

/** The link of an earlier request, pending again if its failure may have passed. */
async function reserveAgain(
  tx: Transaction,
  ctx: TenantContext,
  request: LinkRequest,
  practice: PracticeWithKey,
): Promise<Reservation> {
  const found = await findLink(tx, ctx, request);
  if (!found) throw new Error("The link was neither reserved nor found.");
  if (!found.isRetryable || !(await retryFailedLink(tx, ctx, found.id))) {
    return { existing: await getLinkView(tx, ctx, found.id) };
  }
  await recordLinkRequested(tx, ctx, request, practice, found.id);
  return { existing: null, linkId: found.id };
}

/**
 * The link that an earlier request with this operation ID left; null when Hero is still to be called.
 * Writes nothing.
 *
 * @throws OperationIdReusedError
 */
export async function findExistingLink(
  tx: Transaction,
  ctx: TenantContext,
  request: LinkRequest,
): Promise<LinkView | null> {
  const found = await findLink(tx, ctx, request);
  return found && !found.isRetryable ? getLinkView(tx, ctx, found.id) : null;
}

/** @throws OperationIdReusedError */
async function findLink(
  tx: Transaction,
  ctx: TenantContext,
  { operationId, requestHash, origin }: LinkRequest,
): Promise<{ id: string; isRetryable: boolean } | null> {
  const { id, environment, outcome, failureCode } = links;
  const [found] = await tx
    .select({ id, environment, requestHash: links.requestHash, outcome, failureCode })
    .from(links)
    .where(and(inTenant(links, ctx), eq(links.operationId, operationId)));
  if (!found) return null;
  if (found.environment !== ctx.environment || found.requestHash !== requestHash) {
    throw new OperationIdReusedError(
      "This form was already sent with different values, and its link was created. Open a new form.",
    );
  }
  const retryableCodes = origin ? transientErrorCodes : passingErrorCodes;
  const isRetryable =
    found.outcome === "failed" && retryableCodes.includes(found.failureCode ?? "");
  return { id: found.id, isRetryable };
}

/** Makes a failed link pending again. @returns false when another request already did */
async function retryFailedLink(
  tx: Transaction,
  ctx: TenantContext,
  linkId: string,
): Promise<boolean> {
  const updated = await tx
    .update(links)
    .set({ outcome: "pending", failure: null, failureCode: null, requestedAt: new Date() })
    .where(and(inScope(links, ctx), eq(links.id, linkId), eq(links.outcome, "failed")))
    .returning({ id: links.id });
  return updated.length > 0;
}

function recordLinkRequested(
  tx: Transaction,
  ctx: TenantContext,
  { operationId }: LinkRequest,
  practice: PracticeWithKey,
  linkId: string,
): Promise<void> {
  const subject = { type: "link", id: linkId, label: practice.name } as const;
  return recordAudit(tx, ctx, "link.requested", subject, { operationId });
}
