import "server-only";
import { and, eq, inArray, type SQL } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { apiKeys } from "@/db/schema/api-keys";
import { appointmentChanges, appointments } from "@/db/schema/appointments";
import { links } from "@/db/schema/links";
import { practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import type { AppointmentState, AppointmentView } from "../../schemas/appointments";
import type { TenantContext } from "../../tenancy/context";
import { actorName } from "../actors";
import { maxPendingMs } from "../links/filter";
import type { AppointmentRow, ChangeRow } from "./load";

const minuteMs = 60_000;

export const isStale = ({ createdAt }: { createdAt: Date }, now = new Date()) =>
  now.getTime() - createdAt.getTime() > maxPendingMs();

/** The state to show: a request that is older than any call has lost its reply. */
function shownState(row: AppointmentRow): AppointmentState {
  return row.state === "pending" && isStale(row) ? "unknown" : row.state;
}

const lostReply =
  "Hero's reply was lost, and only it had the ID of this appointment. The time may be held or not. Check with the practice before you book another.";
const notReadYet = "Hero has not confirmed this appointment yet. Read it again to see its state.";

function reasonOf(row: AppointmentRow): string | null {
  if (row.failure) return row.failure;
  if (shownState(row) !== "unknown") return null;
  return row.heroAppointmentId ? notReadYet : lostReply;
}

/** Appointments of this tenant and environment, as the query orders them. */
export async function selectAppointmentViews(
  tx: Transaction,
  ctx: TenantContext,
  query: { where: SQL | undefined; orderBy: SQL[]; limit: number },
): Promise<AppointmentView[]> {
  const rows = await tx
    .select({
      row: appointments,
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
    .from(appointments)
    .innerJoin(
      practices,
      and(sameScope(practices, appointments), eq(practices.id, appointments.practiceId)),
    )
    .leftJoin(links, and(sameScope(links, appointments), eq(links.id, appointments.linkId)))
    .leftJoin(users, eq(users.id, appointments.createdBy))
    .leftJoin(
      apiKeys,
      and(sameScope(apiKeys, appointments), eq(apiKeys.id, appointments.createdBy)),
    )
    .where(and(inScope(appointments, ctx), query.where))
    .orderBy(...query.orderBy)
    .limit(query.limit);
  const openChanges = await selectOpenChanges(
    tx,
    ctx,
    rows.map(({ row }) => row.id),
  );
  return rows.map(({ row, practice, linkName, userName, apiKeyName }) => ({
    id: row.id,
    operationId: row.operationId,
    state: shownState(row),
    reason: reasonOf(row),
    failureCode: row.failureCode,
    practice: {
      id: practice.id,
      name: practice.nickname ?? practice.name,
      publicName: practice.name,
      practiceGroupId: practice.practiceGroupId,
    },
    patientId: row.patientId,
    appointmentType: { id: row.appointmentTypeId, name: row.appointmentTypeName },
    location: { id: row.locationId, name: row.locationName },
    practitioner: {
      id: row.practitionerId,
      name: row.practitionerName ?? `Practitioner ${row.practitionerId}`,
    },
    startsAt: row.startsAt.toISOString(),
    endsAt: new Date(row.startsAt.getTime() + row.durationMinutes * minuteMs).toISOString(),
    durationMinutes: row.durationMinutes,
    heroAppointmentId: row.heroAppointmentId,
    heroStatus: row.heroStatus,
    reservedUntil: row.reservedUntil?.toISOString() ?? null,
    link: row.linkId ? { id: row.linkId, name: linkName } : null,
    openChange: toOpenChange(openChanges.get(row.id)),
    createdBy: actorName(userName, apiKeyName),
    createdAt: row.createdAt.toISOString(),
    refreshedAt: row.refreshedAt?.toISOString() ?? null,
  }));
}

async function selectOpenChanges(
  tx: Transaction,
  ctx: TenantContext,
  appointmentIds: string[],
): Promise<Map<string, ChangeRow>> {
  if (appointmentIds.length === 0) return new Map();
  const changes = await tx
    .select()
    .from(appointmentChanges)
    .where(
      and(
        inScope(appointmentChanges, ctx),
        inArray(appointmentChanges.appointmentId, appointmentIds),
        inArray(appointmentChanges.outcome, ["pending", "unknown"]),
      ),
    );
  return new Map(changes.map((change) => [change.appointmentId, change]));
}

function toOpenChange(change: ChangeRow | undefined): AppointmentView["openChange"] {
  if (!change) return null;
  return {
    id: change.id,
    kind: change.kind,
    outcome: change.outcome === "unknown" || isStale(change) ? "unknown" : "pending",
    reason: change.failure,
    startsAt: change.startsAt?.toISOString() ?? null,
    requestedAt: change.createdAt.toISOString(),
  };
}

/** @throws NotFoundError */
export async function getAppointmentView(
  tx: Transaction,
  ctx: TenantContext,
  appointmentId: string,
): Promise<AppointmentView> {
  const where = eq(appointments.id, appointmentId);
  const [view] = await selectAppointmentViews(tx, ctx, { where, orderBy: [], limit: 1 });
  if (!view) throw new NotFoundError();
  return view;
}
