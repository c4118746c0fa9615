import "server-only";
import { db } from "@/db/client";
import { getAutomatedMessage, listAutomatedMessages } from "../../hero/automated-messages";
import {
  type AutomatedMessageInput,
  type AutomatedMessageList,
  type AutomatedMessageText,
  type ListAutomatedMessagesInput,
  maxAutomatedMessages,
} from "../../schemas/automated-messages";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { fetchFromHero } from "../hero-calls/fetch";
import { loadPracticeName } from "../messages/load";

/** What Hero sends by itself for a practice, newest first, without texts. @throws NotFoundError, HeroError */
export async function listPracticeAutomatedMessages(
  ctx: TenantContext,
  { practiceId }: ListAutomatedMessagesInput,
): Promise<AutomatedMessageList> {
  requirePermission(ctx, "messages.read");
  const { messages, isComplete } = await fetchFromHero(ctx, practiceId, listAutomatedMessages);
  return {
    items: messages
      .slice(0, maxAutomatedMessages)
      .map(({ id, type, status, channel, recipientId, createdAt, scheduledAt, sentAt }) => ({
        id,
        type,
        status,
        channel,
        patientId: recipientId,
        createdAt,
        scheduledAt,
        sentAt,
      })),
    isComplete: isComplete && messages.length <= maxAutomatedMessages,
  };
}

/** The text of a message that Hero sends by itself, for a person who asks to see it. @throws NotFoundError, HeroError */
export async function showAutomatedMessage(
  ctx: TenantContext,
  { practiceId, automatedMessageId }: AutomatedMessageInput,
): Promise<AutomatedMessageText> {
  requirePermission(ctx, "messages.read");
  const { text, recipientId } = await fetchFromHero(ctx, practiceId, (hero) =>
    getAutomatedMessage(hero, automatedMessageId),
  );
  return db.tenant(ctx, async (tx) => {
    const label = await loadPracticeName(tx, ctx, practiceId);
    const subject = { type: "practice", id: practiceId, label } as const;
    const details = { automatedMessageId, patientId: recipientId };
    await recordAudit(tx, ctx, "automated_message.shown", subject, details);
    return { text };
  });
}
