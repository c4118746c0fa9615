import "server-only";
import { and, eq, gte, lt, or, type SQL } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { apiKeys } from "@/db/schema/api-keys";
import { links } from "@/db/schema/links";
import { messages } from "@/db/schema/messages";
import { practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import { recordWriteStateOf } from "../../hero/message-state";
import {
  type FallbackChannel,
  fallbackChannels,
  type MessageState,
  type MessageView,
} from "../../schemas/messages";
import type { TenantContext } from "../../tenancy/context";
import { actorName } from "../actors";
import { maxPendingMs } from "../links/filter";
import type { MessageRow } from "./load";

const minReplyMs = 120_000;

/** After this a claimed message has lost its reply: longer than any call may take. */
export const maxReplyMs = () => Math.max(minReplyMs, maxPendingMs());

export const lostReply =
  "Hero's reply was lost, and only it had the ID of this message. The portal cannot find out whether it was sent.";

/** Messages in a state as people see it. */
export function inMessageState(state: MessageState, now = new Date()): SQL | undefined {
  const { state: column, claimedAt } = messages;
  const cutoff = new Date(now.getTime() - maxReplyMs());
  if (state === "sending") return and(eq(column, "sending"), gte(claimedAt, cutoff));
  if (state !== "unknown") return eq(column, state);
  return or(eq(column, "unknown"), and(eq(column, "sending"), lt(claimedAt, cutoff)));
}

/** A message's state as people see it: one whose reply is overdue is unknown. */
export function shownState(
  { state, claimedAt }: Pick<MessageRow, "state" | "claimedAt">,
  now = new Date(),
): MessageState {
  const isLost = now.getTime() - (claimedAt?.getTime() ?? 0) > maxReplyMs();
  return state === "sending" && isLost ? "unknown" : state;
}

/** Narrows the column, which has the type of all channels. */
export const isFallback = (channel: MessageRow["fallbackChannel"]): channel is FallbackChannel =>
  fallbackChannels.some((each) => each === channel);

/** Messages of this tenant and environment, as the query orders them. */
export async function selectMessageViews(
  tx: Transaction,
  ctx: TenantContext,
  query: { where: SQL | undefined; orderBy: SQL[]; limit: number },
): Promise<MessageView[]> {
  const rows = await tx
    .select({
      row: messages,
      practice: {
        id: practices.id,
        name: practices.name,
        nickname: practices.nickname,
        practiceGroupId: practices.practiceGroupId,
      },
      linkName: links.name,
      userName: users.name,
      apiKeyName: apiKeys.name,
    })
    .from(messages)
    .innerJoin(
      practices,
      and(sameScope(practices, messages), eq(practices.id, messages.practiceId)),
    )
    .leftJoin(links, and(sameScope(links, messages), eq(links.id, messages.linkId)))
    .leftJoin(users, eq(users.id, messages.createdBy))
    .leftJoin(apiKeys, and(sameScope(apiKeys, messages), eq(apiKeys.id, messages.createdBy)))
    .where(and(inScope(messages, ctx), query.where))
    .orderBy(...query.orderBy)
    .limit(query.limit);
  return rows.map(({ row, practice, linkName, userName, apiKeyName }) => {
    const state = shownState(row);
    return {
      id: row.id,
      operationId: row.operationId,
      state,
      reason: row.failure ?? (state === "unknown" ? lostReply : null),
      failureCode: row.failureCode,
      practice: {
        id: practice.id,
        name: practice.nickname ?? practice.name,
        publicName: practice.name,
        practiceGroupId: practice.practiceGroupId,
      },
      patientId: row.patientId,
      channel: row.channel,
      fallbackChannel: isFallback(row.fallbackChannel) ? row.fallbackChannel : null,
      link: row.linkId ? { id: row.linkId, name: linkName } : null,
      hasAttachment: row.attachmentId !== null,
      recordWrite: row.recordWrite,
      recordWriteStatus: row.recordWriteStatus,
      recordWriteState:
        row.recordWriteStatus === null ? null : recordWriteStateOf(row.recordWriteStatus),
      recordWriteFailure: row.recordWriteFailure,
      smsParts: row.smsParts,
      cost:
        row.lowestPence === null || row.highestPence === null
          ? null
          : { lowestPence: row.lowestPence, highestPence: row.highestPence },
      sendAt: row.sendAt.toISOString(),
      heroMessageId: row.heroMessageId,
      heroStatus: row.heroStatus,
      sentAt: row.sentAt?.toISOString() ?? null,
      deliveredAt: row.deliveredAt?.toISOString() ?? null,
      deliveredChannel: row.deliveredChannel,
      createdBy: actorName(userName, apiKeyName),
      createdAt: row.createdAt.toISOString(),
      refreshedAt: row.refreshedAt?.toISOString() ?? null,
      hasText: row.contentErasedAt === null,
    };
  });
}

/** @throws NotFoundError */
export async function getMessageView(
  tx: Transaction,
  ctx: TenantContext,
  messageId: string,
): Promise<MessageView> {
  const where = eq(messages.id, messageId);
  const [view] = await selectMessageViews(tx, ctx, { where, orderBy: [], limit: 1 });
  if (!view) throw new NotFoundError();
  return view;
}
