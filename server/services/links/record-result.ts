import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { db } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import type { HeroCreatedLink } from "../../hero/created-link";
import { HeroError } from "../../hero/errors";
import type { AuditAction } from "../../schemas/activity";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import type { HeroOutcome } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import type { PracticeWithKey } from "../practices/load-with-key";
import { explainFailure, explainUnknown } from "./explain";
import { recordLinkEvent } from "./link-events";
import { addSearchTerms, searchTermsOf } from "./search-terms";
import { getLinkView } from "./view";

/**
 * Writes what Hero's reply means for a reserved link. Without a link in the reply, a link that was resolved
 * meanwhile keeps its resolution: this process may have been suspended for minutes.
 */
export async function recordLinkResult(
  ctx: TenantContext,
  operationId: string,
  { linkId, practice }: { linkId: string; practice: PracticeWithKey },
  outcome: HeroOutcome<HeroCreatedLink>,
): Promise<LinkView> {
  const reservation = { linkId, practice };
  try {
    return await saveResult(ctx, operationId, reservation, outcome);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Another link has the address or the ID: the reply is not about this link.
    const notThisLink = new HeroError("unreadable_reply", "createLink");
    const { records } = outcome;
    return saveResult(ctx, operationId, reservation, { ok: false, error: notThisLink, records });
  }
}

async function saveResult(
  ctx: TenantContext,
  operationId: string,
  { linkId, practice }: { linkId: string; practice: PracticeWithKey },
  outcome: HeroOutcome<HeroCreatedLink>,
): Promise<LinkView> {
  const { action, row } = interpretOutcome(outcome, practice);
  const subject = { type: "link", id: linkId, label: practice.name } as const;
  const details = {
    operationId,
    errorCode: outcome.ok ? null : outcome.error.code,
    upstreamStatus: outcome.ok ? null : (outcome.error.details.status ?? null),
  };
  return db.tenant(ctx, async (tx) => {
    await Promise.all([
      tx
        .update(links)
        .set(row)
        .where(
          and(
            inScope(links, ctx),
            eq(links.id, linkId),
            outcome.ok ? undefined : inArray(links.outcome, ["pending", "unknown"]),
          ),
        ),
      addSearchTerms(tx, ctx, linkId, searchTermsOf(row)),
      recordAudit(tx, ctx, action, subject, details),
      recordCallsForPractice(tx, ctx, practice, outcome.records),
    ]);
    const view = await getLinkView(tx, ctx, linkId);
    if (outcome.ok) {
      await recordLinkEvent(tx, ctx, "link.created", { ...view, practiceId: practice.id });
    }
    return view;
  });
}

type LedgerUpdate = { action: AuditAction; row: Partial<typeof links.$inferInsert> };

function interpretOutcome(
  outcome: HeroOutcome<HeroCreatedLink>,
  practice: PracticeWithKey,
): LedgerUpdate {
  if (outcome.ok) {
    const { id: heroLinkId, url } = outcome.result;
    const now = new Date();
    const timestamps = { lastActivityAt: now, refreshedAt: now };
    return { action: "link.created", row: { outcome: "active", url, heroLinkId, ...timestamps } };
  }
  const { error } = outcome;
  const failureCode = error.code;
  if (error.writeOutcome === "unknown") {
    const failure = explainUnknown(error, practice);
    return { action: "link.unknown", row: { outcome: "unknown", failure, failureCode } };
  }
  const failure = explainFailure(error, practice);
  return { action: "link.failed", row: { outcome: "failed", failure, failureCode } };
}
