import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { bulkRows } from "@/db/schema/bulk";
import { links, linkTerms } from "@/db/schema/links";
import { ConflictError, InvalidInputError } from "../../errors";
import type { LinkView, SettleLinkInput } from "../../schemas/links";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { deriveLinkState } from "./filter";
import { isLink, type LinkRow, loadLink } from "./made-link";
import { addTerms, wordsOf } from "./terms";
import { getLinkView } from "./view";

type Verdict =
  | { isMade: true; url: string; heroLinkId: string | null }
  | { isMade: false; failure: string };

export const notUnknown = "Only a link whose fate is unknown can be settled.";

/** The link, when it is unknown. @throws NotFoundError, ConflictError */
export async function loadUnknownLink(tx: Transaction, ctx: TenantContext, linkId: string) {
  const link = await loadLink(tx, ctx, linkId);
  if (deriveLinkState(link) !== "unknown") throw new ConflictError(notUnknown);
  return link;
}

/** Writes the verdict on an unknown link, and on the row of a file that it was made for. */
export async function writeVerdict(
  tx: Transaction,
  ctx: TenantContext,
  link: LinkRow,
  verdict: Verdict,
  how: "by reading" | "by a person",
): Promise<void> {
  const now = new Date();
  const settled = await tx
    .update(links)
    .set(
      verdict.isMade
        ? {
            outcome: "active",
            url: verdict.url,
            heroLinkId: verdict.heroLinkId,
            failure: null,
            failureCode: null,
            activeAt: now,
          }
        : { outcome: "failed", failure: verdict.failure, failureCode: "settled" },
    )
    .where(and(isLink(ctx, link.id), inArray(links.outcome, ["unknown", "pending"])))
    .returning({ id: links.id });
  // Somebody else was quicker, or Hero's answer came after all.
  if (settled.length === 0) throw new ConflictError(notUnknown);
  if (verdict.isMade) {
    const code = verdict.url.split("/").at(-1) ?? "";
    await addTerms(tx, ctx, link.id, wordsOf(`${verdict.heroLinkId ?? ""} ${code}`));
  }
  if (link.bulkId) {
    await tx
      .update(bulkRows)
      .set(
        verdict.isMade
          ? { state: "made", linkId: link.id, reason: null, reasonCode: null }
          : { state: "refused", linkId: link.id, reason: verdict.failure, reasonCode: "settled" },
      )
      .where(
        and(
          eq(bulkRows.tenantId, ctx.tenantId),
          eq(bulkRows.environment, ctx.environment),
          eq(bulkRows.bulkId, link.bulkId),
          eq(bulkRows.operationId, link.operationId),
          eq(bulkRows.state, "unknown"),
        ),
      );
  }
  const subject = { type: "link", id: link.id, label: null } as const;
  await recordAudit(tx, ctx, "link.settled", subject, {
    verdict: verdict.isMade ? "made" : "not made",
    how,
  });
}

/**
 * A person settles an unknown link: they asked the practice. With an address it was made, without one it
 * was not. An address that another link of this tenant has is not this link's.
 *
 * @throws NotFoundError, ConflictError, InvalidInputError
 */
export async function settleLink(ctx: TenantContext, input: SettleLinkInput): Promise<LinkView> {
  requirePermission(ctx, "links.edit");
  return db.tenant(ctx, async (tx) => {
    const link = await loadUnknownLink(tx, ctx, input.linkId);
    if (input.url) await refuseTaken(tx, ctx, input.url);
    await writeVerdict(
      tx,
      ctx,
      link,
      input.url
        ? { isMade: true, url: input.url, heroLinkId: null }
        : { isMade: false, failure: "The practice says that this link was not made." },
      "by a person",
    );
    return getLinkView(tx, ctx, link.id);
  });
}

async function refuseTaken(tx: Transaction, ctx: TenantContext, url: string): Promise<void> {
  const [code] = wordsOf(url.split("/").at(-1) ?? "");
  if (!code) throw new InvalidInputError("url", "Enter the whole address of the link.");
  const [taken] = await tx
    .select({ id: links.id })
    .from(linkTerms)
    .innerJoin(
      links,
      and(
        eq(links.tenantId, linkTerms.tenantId),
        eq(links.environment, linkTerms.environment),
        eq(links.id, linkTerms.linkId),
      ),
    )
    .where(
      and(
        eq(linkTerms.tenantId, ctx.tenantId),
        eq(linkTerms.environment, ctx.environment),
        eq(linkTerms.term, code),
        eq(links.url, url),
      ),
    )
    .limit(1);
  if (taken) throw new InvalidInputError("url", "Another link of yours has this address.");
}
