import "server-only";
import { and, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { messages } from "@/db/schema/messages";
import { practices } from "@/db/schema/practices";
import { inScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import type { TenantContext } from "../../tenancy/context";

export type MessageRow = typeof messages.$inferSelect;

/** @throws NotFoundError */
export async function loadMessage(
  tx: Transaction,
  ctx: TenantContext,
  messageId: string,
): Promise<MessageRow> {
  const [row] = await tx
    .select()
    .from(messages)
    .where(and(inScope(messages, ctx), eq(messages.id, messageId)));
  if (!row) throw new NotFoundError();
  return row;
}

/** For audit rows: also of a practice that is disconnected. */
export async function loadPracticeName(
  tx: Transaction,
  ctx: TenantContext,
  practiceId: string,
): Promise<string | null> {
  const [row] = await tx
    .select({ name: practices.name, nickname: practices.nickname })
    .from(practices)
    .where(and(inScope(practices, ctx), eq(practices.id, practiceId)));
  return row ? (row.nickname ?? row.name) : null;
}
