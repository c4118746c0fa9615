import "server-only";
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import { messageTemplates } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import { InvalidInputError, NotFoundError } from "../../errors";
import { HeroError } from "../../hero/errors";
import { listTemplates } from "../../hero/templates";
import type { SaveMessageTemplateInput } from "../../schemas/message-templates";
import { listVariables } from "../../schemas/message-text";
import type {
  ListMessageTemplatesInput,
  MessageTemplate,
  MessageTemplateIdInput,
  MessageTemplateList,
} from "../../schemas/messages";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { fetchFromHero } from "../hero-calls/fetch";

type TemplateRow = typeof messageTemplates.$inferSelect;

const toView = ({ id, name, text, updatedAt }: TemplateRow): MessageTemplate => ({
  id,
  name,
  text,
  variables: listVariables(text),
  updatedAt: updatedAt.toISOString(),
});

/**
 * The organisation's templates by name, and with a practice its templates at Hero. A message can be
 * written without Hero's, so a failure to read them is a sentence.
 *
 * @throws NotFoundError unless the practice is connected
 */
export async function listMessageTemplates(
  ctx: TenantContext,
  { practiceId }: ListMessageTemplatesInput,
): Promise<MessageTemplateList> {
  requirePermission(ctx, "messages.read");
  const rows = await db.tenant(ctx, (tx) =>
    tx
      .select()
      .from(messageTemplates)
      .where(and(inScope(messageTemplates, ctx), isNull(messageTemplates.archivedAt)))
      .orderBy(asc(sql`lower(${messageTemplates.name})`)),
  );
  const items = rows.map(toView);
  if (!practiceId) return { items, hero: [], heroReason: null };
  try {
    const { templates, problem } = await fetchFromHero(ctx, practiceId, listTemplates);
    return { items, hero: templates, heroReason: problem };
  } catch (error) {
    if (!(error instanceof HeroError)) throw error;
    return { items, hero: [], heroReason: error.message };
  }
}

/** Creates or replaces a template. @throws NotFoundError, InvalidInputError on `name` when it is in use */
export async function saveMessageTemplate(
  ctx: TenantContext,
  { templateId, name, text }: SaveMessageTemplateInput,
): Promise<MessageTemplate> {
  requirePermission(ctx, "messages.manage");
  const { tenantId, environment } = ctx;
  const saved = { name, text, updatedAt: new Date() };
  try {
    return await db.tenant(ctx, async (tx) => {
      const [row] = templateId
        ? await tx
            .update(messageTemplates)
            .set(saved)
            .where(
              and(
                inScope(messageTemplates, ctx),
                eq(messageTemplates.id, templateId),
                isNull(messageTemplates.archivedAt),
              ),
            )
            .returning()
        : await tx
            .insert(messageTemplates)
            .values({ ...saved, tenantId, environment, id: uuidv7(), createdBy: actorId(ctx) })
            .returning();
      if (!row) throw new NotFoundError();
      const action = templateId ? "message_template.updated" : "message_template.created";
      await recordAudit(tx, ctx, action, { type: "message_template", id: row.id, label: name });
      return toView(row);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new InvalidInputError("name", "Another template has this name.");
  }
}

/** Removes a template from the list. A repeat changes nothing. @throws NotFoundError */
export async function archiveMessageTemplate(
  ctx: TenantContext,
  { templateId }: MessageTemplateIdInput,
): Promise<null> {
  requirePermission(ctx, "messages.manage");
  return db.tenant(ctx, async (tx) => {
    const [row] = await tx
      .select({ name: messageTemplates.name, archivedAt: messageTemplates.archivedAt })
      .from(messageTemplates)
      .where(and(inScope(messageTemplates, ctx), eq(messageTemplates.id, templateId)))
      .for("update");
    if (!row) throw new NotFoundError();
    if (row.archivedAt) return null;
    await tx
      .update(messageTemplates)
      .set({ archivedAt: new Date() })
      .where(and(inScope(messageTemplates, ctx), eq(messageTemplates.id, templateId)));
    const subject = { type: "message_template", id: templateId, label: row.name } as const;
    await recordAudit(tx, ctx, "message_template.archived", subject);
    return null;
  });
}
