import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { appointmentChanges, appointments } from "@/db/schema/appointments";
import { inScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import type { TenantContext } from "../../tenancy/context";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";

export type AppointmentRow = typeof appointments.$inferSelect;
export type ChangeRow = typeof appointmentChanges.$inferSelect;

/** @throws NotFoundError */
export async function loadAppointment(
  tx: Transaction,
  ctx: TenantContext,
  appointmentId: string,
): Promise<AppointmentRow> {
  const [row] = await tx
    .select()
    .from(appointments)
    .where(and(inScope(appointments, ctx), eq(appointments.id, appointmentId)));
  if (!row) throw new NotFoundError();
  return row;
}

/** The change of an appointment that is under way or unknown; there is one at most. */
export async function findOpenChange(
  tx: Transaction,
  ctx: TenantContext,
  appointmentId: string,
): Promise<ChangeRow | null> {
  const [row] = await tx
    .select()
    .from(appointmentChanges)
    .where(
      and(
        inScope(appointmentChanges, ctx),
        eq(appointmentChanges.appointmentId, appointmentId),
        inArray(appointmentChanges.outcome, ["pending", "unknown"]),
      ),
    );
  return row ?? null;
}

/** The practice of an appointment. @throws ConflictError when it is disconnected */
export function loadPracticeOfAppointment(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId }: { practiceId: string },
): Promise<PracticeWithKey> {
  return loadPracticeWithKey(tx, ctx, practiceId).catch((error: unknown) => {
    if (!(error instanceof NotFoundError)) throw error;
    throw new ConflictError(
      "This appointment's practice is disconnected. Connect it again to change the appointment.",
    );
  });
}
