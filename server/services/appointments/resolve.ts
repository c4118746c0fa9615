import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { appointments } from "@/db/schema/appointments";
import { inScope } from "@/db/scope";
import type { HeroErrorCode } from "../../hero/errors";
import type { TenantContext } from "../../tenancy/context";
import { callHeroForPractice, limiterFor } from "../hero-calls/call";
import type { HeroCallPriority } from "../hero-calls/limiter";
import { recordCallsForPractice } from "../hero-calls/record";
import { findOpenChange, loadAppointment, loadPracticeOfAppointment } from "./load";
import {
  isAbsenceProof,
  type Reading,
  readAppointment,
  saveChangeOutcome,
  saveReading,
  showsChange,
} from "./reading";
import { isStale } from "./view";

/** Hero's answers about one appointment, after which the next may be read. */
export const answersAboutAppointment: readonly string[] = [
  "not_found",
  "unreadable_reply",
  "bad_request",
  "conflict",
  "refused",
] satisfies HeroErrorCode[];

/** What an appointment says after such an answer; the others change nothing that is shown. */
const notReadable: Partial<Record<HeroErrorCode, string>> = {
  not_found:
    "Hero did not find this appointment when it was last read. Check it with the practice.",
  unreadable_reply: "Hero's last reply could not be read. Nothing was changed.",
};

/**
 * Reads an appointment from Hero and stores what its record says, also of a change whose reply was lost.
 * Nothing is sent again. In the two minutes after a change its absence proves nothing.
 *
 * @returns the reading; null when there is no ID to read
 * @throws NotFoundError, ConflictError when its practice is disconnected
 * @throws HeroError; what is stored stays as it was
 */
export async function resolveByReading(
  ctx: TenantContext,
  appointmentId: string,
  priority?: HeroCallPriority,
): Promise<Reading | null> {
  const { row, practice, change } = await db.tenant(ctx, async (tx) => {
    const loaded = await loadAppointment(tx, ctx, appointmentId);
    return {
      row: loaded,
      practice: await loadPracticeOfAppointment(tx, ctx, loaded),
      change: await findOpenChange(tx, ctx, appointmentId),
    };
  });
  const { heroAppointmentId } = row;
  if (!heroAppointmentId) return null;
  const startedAt = new Date();
  const outcome = await callHeroForPractice(
    ctx,
    practice,
    (hero) => readAppointment(hero, heroAppointmentId),
    limiterFor(ctx, practice, priority),
  );
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    if (!outcome.ok) {
      const { code } = outcome.error;
      if (!answersAboutAppointment.includes(code)) return;
      const failure = notReadable[code];
      // A new time moves it to the back of the queue.
      await tx
        .update(appointments)
        .set({ refreshedAt: startedAt, ...(failure && { failure, failureCode: code }) })
        .where(and(inScope(appointments, ctx), eq(appointments.id, row.id)));
      return;
    }
    const reading = outcome.result;
    const isUnderWay = change?.outcome === "pending" && !isStale(change, startedAt);
    if (change && showsChange(change, reading)) {
      await saveChangeOutcome(tx, ctx, practice, row, change, { outcome: "made" });
      await saveReading(tx, ctx, practice, row, reading, { isOfChange: true });
      return;
    }
    if (change && !isUnderWay) {
      await saveChangeOutcome(
        tx,
        ctx,
        practice,
        row,
        change,
        isAbsenceProof(change, startedAt)
          ? {
              outcome: "refused",
              failure: "Hero's record shows that this change was not made.",
              failureCode: "not_changed",
            }
          : {
              outcome: "unknown",
              failure:
                "Hero's record does not show this change yet. Read the appointment again in two minutes.",
            },
      );
    }
    await saveReading(tx, ctx, practice, row, reading);
  });
  if (!outcome.ok) throw outcome.error;
  return outcome.result;
}
