import "server-only";
import { and, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { practices } from "@/db/schema/practices";
import { inScope, inTenant } from "@/db/scope";
import { fingerprint } from "../../crypto/tokens";
import {
  ChangeRefusedError,
  InvalidInputError,
  InvalidRequestError,
  NotFoundError,
} from "../../errors";
import { HeroError } from "../../hero/errors";
import type { UpdateLinkBody, CreateLinkBody, ListLinksQuery } from "../../schemas/api-v1";
import { ukDateOf } from "../../schemas/dates";
import { type UpdateLinkInput, updateLinkInput } from "../../schemas/links/inputs";
import type { LinkPage } from "../../schemas/links/list";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { closeLink, rejectDateRemoval, updateLink } from "./update";
import { updateLinkFields } from "./update-many";
import { createFormLink, createBookingLink } from "./create";
import { listLinks } from "./read";
import { getLinkView } from "./view";

/**
 * Links as partners' servers ask for them: the practice by Hero's id, the operation by a key of their
 * own. The work is done by the same services as the portal's.
 */

/**
 * A practice by Hero's id, a disconnected one too: its links can be read, and `makeLink` refuses it.
 * @throws NotFoundError unless it is on this tenant's list in this environment
 */
async function getPracticeId(
  tx: Transaction,
  ctx: TenantContext,
  practiceGroupId: string,
): Promise<string> {
  const [row] = await tx
    .select({ id: practices.id })
    .from(practices)
    .where(and(inScope(practices, ctx), eq(practices.practiceGroupId, practiceGroupId)));
  if (!row) throw new NotFoundError();
  return row.id;
}

/**
 * The operation id that a partner's own key stands for: a version 8 UUID (RFC 9562) of the SHA-256 of
 * tenant, environment and key. A link's operation id is unique, so one key makes one link.
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
 * Makes a link of either kind, at most once for an operation id.
 *
 * @returns also whether the operation was known before, and this is its link
 * @throws NotFoundError unless the practice is connected; nothing leaves the portal then
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
      .select({ id: links.id })
      .from(links)
      .where(and(inTenant(links, ctx), eq(links.operationId, operationId)));
    const id = await getPracticeId(tx, ctx, practiceGroupId);
    return { practiceId: id, isRepeat: existing !== undefined };
  });
  if (body.kind === "form") {
    const { kind: _kind, ...fields } = body;
    return { link: await createFormLink(ctx, { operationId, practiceId, ...fields }), isRepeat };
  }
  const { kind: _kind, ...fields } = body;
  return { link: await createBookingLink(ctx, { operationId, practiceId, ...fields }), isRepeat };
}

/** @throws NotFoundError for a practice that is not on this tenant's list in this environment */
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
 * The limits as they are to be: what was given, and what stays. A field that was given and holds nothing
 * takes the value away, where that can be done. A last day that has passed and stays is no fault.
 *
 * @throws InvalidInputError, InvalidRequestError
 */
function mergeLimits(
  current: LinkView,
  input: Omit<UpdateLinkBody, "tags" | "isClosed">,
): UpdateLinkInput {
  const { id: linkId, name, slotsFrom, slotsTo, expiresOn, maxUses } = current;
  const merged = { linkId, name, slotsFrom, slotsTo, expiresOn, maxUses: maxUses, ...input };
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
 * Changes what is named and leaves the rest. All of it is looked at before anything is done; then limits
 * first, then tags, then closing: what Hero refuses leaves the words of the ledger alone.
 *
 * @throws NotFoundError, ConflictError, InvalidInputError, InvalidRequestError
 * @throws ChangeRefusedError when Hero certainly did not make the change, HeroError when it may have
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
    throw new ChangeRefusedError(error.code, error.message);
  }
  return loadView();
}
