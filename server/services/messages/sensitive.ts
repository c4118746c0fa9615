import "server-only";
import { and, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { sensitiveContacts } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import type { SetSensitiveContactInput } from "../../schemas/messages";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { loadPracticeName } from "./load";

/**
 * Marks a patient whom messages may reach in the NHS App only, or removes the mark. A repeat changes
 * nothing. Messages that wait are held when they would be sent another way.
 *
 * @throws NotFoundError unless the practice is connected
 */
export async function setSensitiveContact(
  ctx: TenantContext,
  { practiceId, patientId, isSensitive }: SetSensitiveContactInput,
): Promise<null> {
  requirePermission(ctx, "messages.send");
  const { tenantId, environment } = ctx;
  return db.tenant(ctx, async (tx) => {
    const practice = await loadPracticeWithKey(tx, ctx, practiceId);
    const changed = isSensitive
      ? await tx
          .insert(sensitiveContacts)
          .values({ tenantId, environment, practiceId, patientId, createdBy: actorId(ctx) })
          .onConflictDoNothing()
          .returning({ patientId: sensitiveContacts.patientId })
      : await tx
          .delete(sensitiveContacts)
          .where(
            and(
              inScope(sensitiveContacts, ctx),
              eq(sensitiveContacts.practiceId, practiceId),
              eq(sensitiveContacts.patientId, patientId),
            ),
          )
          .returning({ patientId: sensitiveContacts.patientId });
    if (changed.length === 0) return null;
    const action = isSensitive
      ? "patient.contact_marked_sensitive"
      : "patient.contact_unmarked_sensitive";
    const subject = { type: "practice", id: practiceId, label: practice.name } as const;
    await recordAudit(tx, ctx, action, subject, { patientId });
    return null;
  });
}

/** After a merge: the record that remains may have the same phone and email. */
export async function copySensitiveMark(
  tx: Transaction,
  ctx: TenantContext,
  practiceId: string,
  { from, to }: { from: string; to: string },
): Promise<void> {
  const { tenantId, environment } = ctx;
  const [mark] = await tx
    .select({ createdBy: sensitiveContacts.createdBy })
    .from(sensitiveContacts)
    .where(
      and(
        inScope(sensitiveContacts, ctx),
        eq(sensitiveContacts.practiceId, practiceId),
        eq(sensitiveContacts.patientId, from),
      ),
    );
  if (!mark) return;
  const copied = await tx
    .insert(sensitiveContacts)
    .values({ tenantId, environment, practiceId, patientId: to, createdBy: mark.createdBy })
    .onConflictDoNothing()
    .returning({ patientId: sensitiveContacts.patientId });
  if (copied.length === 0) return;
  const label = await loadPracticeName(tx, ctx, practiceId);
  const subject = { type: "practice", id: practiceId, label } as const;
  await recordAudit(tx, ctx, "patient.contact_marked_sensitive", subject, { patientId: to });
}
