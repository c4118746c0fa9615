import "server-only";
import { and, desc, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { linkFormResponses } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import { HeroError } from "../../hero/errors";
import { getFormResponse } from "../../hero/form-responses";
import {
  type FormResponseDetails,
  type FormResponseInput,
  type LinkFormResponse,
  type LinkTasksInput,
  maxFormResponses,
} from "../../schemas/tasks";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { fetchFromHero } from "../hero-calls/fetch";
import { loadLink } from "../links/load-link";
import { loadPracticeName } from "../messages/load";

/** The forms that patients sent through a link, the newest first. @throws NotFoundError */
export async function listFormResponses(
  ctx: TenantContext,
  { linkId }: LinkTasksInput,
): Promise<LinkFormResponse[]> {
  requirePermission(ctx, "links.read");
  const rows = await db.read(ctx, async (tx) => {
    const link = await loadLink(tx, ctx, linkId);
    // Of a link that was found on Hero's list and is not theirs.
    if (link.outcome !== "active") return [];
    return tx
      .select()
      .from(linkFormResponses)
      .where(and(inScope(linkFormResponses, ctx), eq(linkFormResponses.linkId, linkId)))
      .orderBy(desc(linkFormResponses.readAt), desc(linkFormResponses.heroFormResponseId))
      .limit(maxFormResponses);
  });
  return rows.map(({ heroFormResponseId, submittedAt, readAt }) => ({
    id: heroFormResponseId,
    submittedAt: submittedAt?.toISOString() ?? null,
    readAt: readAt.toISOString(),
  }));
}

/**
 * What Hero says of a form that was sent through a link, for a person who asks to see it.
 *
 * @throws NotFoundError unless it came through this link
 * @throws HeroError, also when Hero now says that it came through another link
 */
export async function showFormResponse(
  ctx: TenantContext,
  { linkId, formResponseId }: FormResponseInput,
): Promise<FormResponseDetails> {
  requirePermission(ctx, "messages.read");
  const link = await db.read(ctx, async (tx) => {
    const [row] = await tx
      .select({ id: linkFormResponses.heroFormResponseId })
      .from(linkFormResponses)
      .where(
        and(
          inScope(linkFormResponses, ctx),
          eq(linkFormResponses.linkId, linkId),
          eq(linkFormResponses.heroFormResponseId, formResponseId),
        ),
      );
    if (!row) throw new NotFoundError();
    return loadLink(tx, ctx, linkId);
  });
  const response = await fetchFromHero(ctx, link.practiceId, (hero) =>
    getFormResponse(hero, formResponseId),
  );
  if (response.short_link_id !== link.heroLinkId) {
    throw new HeroError("unreadable_reply", "getFormResponse");
  }
  return db.tenant(ctx, async (tx) => {
    const label = await loadPracticeName(tx, ctx, link.practiceId);
    const subject = { type: "practice", id: link.practiceId, label } as const;
    const patientId = response.client_id ?? null;
    await recordAudit(tx, ctx, "form_response.shown", subject, { formResponseId, patientId });
    return {
      patientId,
      submittedAt: response.created_at ?? null,
      recordWriteFailure: response.write_to_record_error || null,
    };
  });
}
