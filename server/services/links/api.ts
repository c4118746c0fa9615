import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { inTenant } from "@/db/scope";
import { fingerprint } from "../../crypto/tokens";
import {
  ChangeRefusedError,
  ConflictError,
  InvalidInputError,
  InvalidRequestError,
} from "../../errors";
import { HeroError } from "../../hero/errors";
import type { UpdateLinkBody, CreateLinkBody, ListLinksQuery } from "../../schemas/api-v1";
import { ukDateOf } from "../../schemas/dates";
import { type UpdateLinkInput, updateLinkInput } from "../../schemas/links/inputs";
import type { LinkPage } from "../../schemas/links/list";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { getPracticeId } from "../practices/find";
import { closeLink, rejectDateRemoval, updateLink } from "./update";
import { updateLinkFields } from "./update-many";
import { createBookingLink, createFormLink, createVideoLink } from "./create";
import { deriveLinkState } from "./filter";
import { loadLink, loadPracticeOfLink } from "./load-link";
import { listLinks } from "./read";
import { reconcileLink } from "./reconcile-unknown";
import { passingErrorCodes } from "./reserve";
import { getLinkView } from "./view";

/**
 * Links for partners' servers: the practice by Hero's ID, the operation by an idempotency key. The work
 * is done by the services that the portal uses.
 */

/**
 * The operation ID of an idempotency key: a version 8 UUID (RFC 9562) of the SHA-256 of tenant,
 * environment and key. Operation IDs are unique, so one key creates one link.
 */
export function deriveOperationId(ctx: TenantContext, idempotencyKey: string): string {
  const digest = fingerprint(
    JSON.stringify(["idempotency-key", ctx.tenantId, ctx.environment, idempotencyKey]),
  );
  const variant = ((Number.parseInt(digest[16] ?? "0", 16) & 0x3) | 0x8).toString(16);
  const hex = `${digest.slice(0, 12)}8${digest.slice(13, 16)}${variant}${digest.slice(17, 32)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * Creates a link of any kind, at most once for an operation ID.
 *
 * @returns also whether this repeats an earlier request
 * @throws NotFoundError unless the practice is connected; nothing is sent then
 * @throws as `createBookingLink`
 */
export async function createLinkByApi(
  ctx: TenantContext,
  operationId: string,
  { practiceGroupId, ...body }: CreateLinkBody,
): Promise<{ link: LinkView; isRepeat: boolean }> {
  requirePermission(ctx, "links.create");
  const { practiceId, isRepeat } = await db.tenant(ctx, async (tx) => {
    const [existing] = await tx
      .select({ failureCode: links.failureCode })
      .from(links)
      .where(and(inTenant(links, ctx), eq(links.operationId, operationId)));
    const id = await getPracticeId(tx, ctx, practiceGroupId);
    const isRepeat = existing && !passingErrorCodes.includes(existing.failureCode ?? "");
    return { practiceId: id, isRepeat: isRepeat ?? false };
  });
  if (body.kind === "video") {
    const { kind: _kind, ...fields } = body;
    return { link: await createVideoLink(ctx, { operationId, practiceId, ...fields }), isRepeat };
  }
  if (body.kind === "form") {
    const { kind: _kind, ...fields } = body;
    return { link: await createFormLink(ctx, { operationId, practiceId, ...fields }), isRepeat };
  }
  const { kind: _kind, ...fields } = body;
  return { link: await createBookingLink(ctx, { operationId, practiceId, ...fields }), isRepeat };
}

/** @throws NotFoundError for a practice that this tenant does not have in this environment */
export async function listLinksByApi(
  ctx: TenantContext,
  { practiceGroupId, ...filters }: ListLinksQuery,
): Promise<LinkPage> {
  requirePermission(ctx, "links.read");
  if (!practiceGroupId) return listLinks(ctx, filters);
  const practiceId = await db.tenant(ctx, (tx) => getPracticeId(tx, ctx, practiceGroupId));
  return listLinks(ctx, { ...filters, practiceId });
}

/**
 * The limits sent, merged with the current ones. An empty field removes its value, where Hero allows
 * that. A last date in the past is valid when it does not change.
 *
 * @throws InvalidInputError, InvalidRequestError
 */
function mergeLimits(
  current: LinkView,
  input: Omit<UpdateLinkBody, "tags" | "isClosed">,
): UpdateLinkInput {
  const { id: linkId, slotsTo } = current;
  // The schema picks its fields from these, so a field that is not sent keeps its value.
  const merged = { ...current, linkId, ...input };
  rejectDateRemoval(current, merged);
  const unchangedSlotsTo = !("slotsFrom" in input) && !("slotsTo" in input) && slotsTo;
  if (!unchangedSlotsTo || unchangedSlotsTo >= ukDateOf(new Date())) return parseUpdate(merged);
  return { ...parseUpdate({ ...merged, slotsTo: undefined }), slotsTo: unchangedSlotsTo };
}

/** @throws InvalidRequestError */
function parseUpdate(value: unknown): UpdateLinkInput {
  const parsed = updateLinkInput.safeParse(value);
  if (!parsed.success) throw new InvalidRequestError(parsed.error);
  return parsed.data;
}

/**
 * Changes the fields sent and keeps the rest. Everything is validated first. Then limits, tags, closing,
 * in this order: when Hero refuses the limits, tags are not changed.
 *
 * @throws NotFoundError, ConflictError, InvalidInputError, InvalidRequestError
 * @throws ChangeRefusedError when Hero did not make the change
 * @throws HeroError when it may have, and when Hero was not called
 */
export async function updateLinkByApi(
  ctx: TenantContext,
  linkId: string,
  { tags, isClosed, ...limits }: UpdateLinkBody,
): Promise<LinkView> {
  requirePermission(ctx, "links.edit");
  const loadView = () => db.tenant(ctx, (tx) => getLinkView(tx, ctx, linkId));
  const current = await loadView();
  const hasLimits = Object.keys(limits).length > 0;
  if (isClosed && hasLimits) {
    throw new InvalidInputError("isClosed", "Close a link by itself, without other limits.");
  }
  const updateInput = hasLimits ? mergeLimits(current, limits) : undefined;
  try {
    if (isClosed === false) {
      const { expiresOn } = limits;
      await updateLinkFields(ctx, { linkId, isClosed: false, ...(expiresOn && { expiresOn }) });
    }
    if (updateInput) await updateLink(ctx, updateInput);
    if (tags) await updateLinkFields(ctx, { linkId, tags });
    if (isClosed) await closeLink(ctx, { linkId });
  } catch (error) {
    if (!(error instanceof HeroError) || error.writeOutcome === "unknown") throw error;
    // Hero was not called: the same request can be sent again.
    if (passingErrorCodes.includes(error.code)) throw error;
    throw new ChangeRefusedError(error.code, error.message);
  }
  return loadView();
}

/**
 * Reads Hero's list for an unknown link and resolves it where the list proves something. Nothing is
 * created at Hero. A link that is not unknown is returned without reading.
 *
 * @returns the link as it is then, which may still be unknown
 * @throws NotFoundError, HeroError
 * @throws ConflictError when the practice of an unknown link is disconnected
 */
export async function resolveLinkByApi(ctx: TenantContext, linkId: string): Promise<LinkView> {
  requirePermission(ctx, "links.edit");
  const isUnknown = await db.tenant(ctx, async (tx) => {
    const link = await loadLink(tx, ctx, linkId);
    if (deriveLinkState(link) !== "unknown") return false;
    await loadPracticeOfLink(tx, ctx, link);
    return true;
  });
  if (isUnknown) {
    try {
      return await reconcileLink(ctx, { linkId });
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  return db.tenant(ctx, (tx) => getLinkView(tx, ctx, linkId));
}
