import "server-only";
import { and, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { practices } from "@/db/schema/practices";
import { fingerprint } from "../../crypto/tokens";
import { ChangeRefusedError, InvalidInputError, NotFoundError } from "../../errors";
import { HeroError } from "../../hero/errors";
import type { ChangeLinkBody, CreateLinkBody, ListLinksQuery } from "../../schemas/api-v1";
import { ukDateOf } from "../../schemas/dates";
import {
  type LinkPage,
  type LinkView,
  type UpdateLinkInput,
  updateLinkInput,
} from "../../schemas/links";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { closeLink, refuseTakingDates, updateLink } from "./change";
import { changeLink } from "./change-many";
import { createFormLink, createLink } from "./create";
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
async function findPractice(
  tx: Transaction,
  ctx: TenantContext,
  practiceGroupId: string,
): Promise<string> {
  const [row] = await tx
    .select({ id: practices.id })
    .from(practices)
    .where(
      and(
        eq(practices.tenantId, ctx.tenantId),
        eq(practices.environment, ctx.environment),
        eq(practices.practiceGroupId, practiceGroupId),
      ),
    );
  if (!row) throw new NotFoundError();
  return row.id;
}

/**
 * The operation id that a partner's own key stands for: a version 8 UUID (RFC 9562) of the SHA-256 of
 * tenant, environment and key. A link's operation id is unique, so one key makes one link.
 */
export function operationIdOf(ctx: TenantContext, idempotencyKey: string): string {
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
 * @throws as `createLink`
 */
export async function createLinkByApi(
  ctx: TenantContext,
  operationId: string,
  { practiceGroupId, ...body }: CreateLinkBody,
): Promise<{ link: LinkView; isRepeat: boolean }> {
  requirePermission(ctx, "links.create");
  const { practiceId, isRepeat } = await db.tenant(ctx, async (tx) => {
    const [known] = await tx
      .select({ id: links.id })
      .from(links)
      .where(and(eq(links.tenantId, ctx.tenantId), eq(links.operationId, operationId)));
    const id = await findPractice(tx, ctx, practiceGroupId);
    return { practiceId: id, isRepeat: known !== undefined };
  });
  if (body.kind === "form") {
    const { kind: _kind, ...fields } = body;
    return { link: await createFormLink(ctx, { operationId, practiceId, ...fields }), isRepeat };
  }
  const { kind: _kind, ...fields } = body;
  return { link: await createLink(ctx, { operationId, practiceId, ...fields }), isRepeat };
}

/** @throws NotFoundError for a practice that is not on this tenant's list in this environment */
export async function listLinksByApi(
  ctx: TenantContext,
  { practiceGroupId, ...filters }: ListLinksQuery,
): Promise<LinkPage> {
  requirePermission(ctx, "links.read");
  if (!practiceGroupId) return listLinks(ctx, filters);
  const practiceId = await db.tenant(ctx, (tx) => findPractice(tx, ctx, practiceGroupId));
  return listLinks(ctx, { ...filters, practiceId });
}

/**
 * The limits as they are to be: what was given, and what stays. A field that was given and holds nothing
 * takes the value away, where that can be done. A last day that has passed and stays is no fault.
 *
 * @throws InvalidInputError, and ZodError for limits that do not fit those that stay
 */
function limitsOf(
  before: LinkView,
  given: Omit<ChangeLinkBody, "tags" | "isClosed">,
): UpdateLinkInput {
  const { id: linkId, name, slotsFrom, slotsTo, expiresOn, maximumUses } = before;
  const asked = { linkId, name, slotsFrom, slotsTo, expiresOn, maximumUses, ...given };
  refuseTakingDates(before, asked);
  const stays = !("slotsFrom" in given) && !("slotsTo" in given) && slotsTo;
  if (!stays || stays >= ukDateOf(new Date())) return updateLinkInput.parse(asked);
  return { ...updateLinkInput.parse({ ...asked, slotsTo: undefined }), slotsTo: stays };
}

/**
 * Changes what is named and leaves the rest. All of it is looked at before anything is done; then limits
 * first, then tags, then closing: what Hero refuses leaves the words of the ledger alone.
 *
 * @throws NotFoundError, ConflictError, InvalidInputError, and ZodError for limits that do not fit
 * @throws ChangeRefusedError when Hero certainly did not make the change, HeroError when it may have
 */
export async function changeLinkByApi(
  ctx: TenantContext,
  linkId: string,
  { tags, isClosed, ...limits }: ChangeLinkBody,
): Promise<LinkView> {
  requirePermission(ctx, "links.edit");
  const read = () => db.tenant(ctx, (tx) => getLinkView(tx, ctx, linkId));
  const before = await read();
  const hasLimits = Object.keys(limits).length > 0;
  if (isClosed && hasLimits) {
    throw new InvalidInputError("isClosed", "Close a link by itself, without other limits.");
  }
  const asked = hasLimits ? limitsOf(before, limits) : undefined;
  try {
    if (isClosed === false) {
      const { expiresOn } = limits;
      await changeLink(ctx, { linkId, isClosed: false, ...(expiresOn && { expiresOn }) });
    }
    if (asked) await updateLink(ctx, asked);
    if (tags) await changeLink(ctx, { linkId, tags });
    if (isClosed) await closeLink(ctx, { linkId });
  } catch (error) {
    if (!(error instanceof HeroError) || error.isDone === "unknown") throw error;
    throw new ChangeRefusedError(error.code, error.message);
  }
  return read();
}
