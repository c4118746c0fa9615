import { addDays, londonDate, londonTimestampMs, weekdayOf } from "./time";
import type {
  AppointmentRecord,
  PractitionerRecord,
  Practice,
  SlotRecord,
  AppointmentTypeRecord,
} from "./model";
import type { SandboxState } from "./sandbox-state";

const weeksAhead = 6;
const minuteMs = 60_000;
/** Share of quarter hours that the practice has filled itself. */
const takenPercent = 30;
const closedDays = new Set(["12-25", "12-26", "01-01"]);

export interface SlotFilter {
  appointmentTypeId?: string;
  locationIds?: string[];
  practitionerId?: string;
  /** Slots that start at or after `fromMs` and before `untilMs`. */
  fromMs?: number;
  untilMs?: number;
}

/** Free slots, earliest first. Booked and held times are not free. */
export function freeSlots(
  sandbox: SandboxState,
  practice: Practice,
  filter: SlotFilter,
): SlotRecord[] {
  const nowMs = sandbox.clock.nowMs();
  const takenByPractitioner = appointmentsByPractitioner(sandbox, practice);
  return getSlotGrid(sandbox, practice).filter(
    (slot) =>
      slot.startAtMs > nowMs &&
      (!filter.appointmentTypeId || slot.appointmentTypeId === filter.appointmentTypeId) &&
      (!filter.practitionerId || slot.practitionerId === filter.practitionerId) &&
      (!filter.locationIds?.length || filter.locationIds.includes(slot.locationId)) &&
      (filter.fromMs === undefined || slot.startAtMs >= filter.fromMs) &&
      (filter.untilMs === undefined || slot.startAtMs < filter.untilMs) &&
      !(takenByPractitioner.get(slot.practitionerId) ?? []).some((item) => overlaps(item, slot)),
  );
}

export function findSlot(
  sandbox: SandboxState,
  practice: Practice,
  id: string,
): SlotRecord | undefined {
  return freeSlots(sandbox, practice, {}).find((slot) => slot.id === id);
}

function isBlockingSlot(appointment: AppointmentRecord, nowMs: number): boolean {
  if (appointment.cancelledAtMs !== null) return false;
  return appointment.confirmedAtMs !== null || (appointment.reservedUntilMs ?? 0) > nowMs;
}

/** @param exceptId the appointment being moved, which does not block its own slot */
export function isFree(
  sandbox: SandboxState,
  practice: Practice,
  slot: Pick<SlotRecord, "practitionerId" | "locationId" | "startAtMs" | "finishAtMs">,
  exceptId?: string,
): boolean {
  const nowMs = sandbox.clock.nowMs();
  if (slot.startAtMs <= nowMs) return false;
  const practitioner = practice.practitioners.find((item) => item.id === slot.practitionerId);
  if (!practitioner || !isWorking(practitioner, slot)) return false;
  if (isTakenByPractice(practitioner.id, slot.startAtMs, slot.finishAtMs)) return false;
  return !(appointmentsByPractitioner(sandbox, practice).get(practitioner.id) ?? []).some(
    (item) => item.id !== exceptId && overlaps(item, slot),
  );
}

function appointmentsByPractitioner(
  sandbox: SandboxState,
  practice: Practice,
): Map<string, AppointmentRecord[]> {
  const nowMs = sandbox.clock.nowMs();
  const appointmentsById = new Map<string, AppointmentRecord[]>();
  for (const appointment of sandbox.appointments.values()) {
    if (
      appointment.practiceGroupId !== practice.practiceGroupId ||
      !isBlockingSlot(appointment, nowMs)
    )
      continue;
    const list = appointmentsById.get(appointment.practitionerId) ?? [];
    list.push(appointment);
    appointmentsById.set(appointment.practitionerId, list);
  }
  return appointmentsById;
}

function overlaps(
  appointment: AppointmentRecord,
  slot: Pick<SlotRecord, "startAtMs" | "finishAtMs">,
): boolean {
  const finishAtMs = appointment.startAtMs + appointment.durationMinutes * minuteMs;
  return appointment.startAtMs < slot.finishAtMs && slot.startAtMs < finishAtMs;
}

function isWorking(
  practitioner: PractitionerRecord,
  slot: Pick<SlotRecord, "locationId" | "startAtMs" | "finishAtMs">,
): boolean {
  const date = londonDate(slot.startAtMs);
  return practitioner.sessions.some(
    (session) =>
      session.locationId === slot.locationId &&
      session.weekdays.includes(weekdayOf(date)) &&
      !closedDays.has(date.slice(5)) &&
      londonTimestampMs(date, session.fromMinutes) <= slot.startAtMs &&
      londonTimestampMs(date, session.toMinutes) >= slot.finishAtMs,
  );
}

/** The grid depends on the date only, so it is built once a day for each practice. */
function getSlotGrid(sandbox: SandboxState, practice: Practice): SlotRecord[] {
  const from = londonDate(sandbox.clock.nowMs());
  const cached = sandbox.slotGrids.get(practice.practiceGroupId);
  if (cached?.from === from) return cached.slots;
  const slots: SlotRecord[] = [];
  for (let dayOffset = 0; dayOffset <= weeksAhead * 7; dayOffset += 1) {
    const date = addDays(from, dayOffset);
    if (closedDays.has(date.slice(5))) continue;
    for (const practitioner of practice.practitioners)
      slots.push(...slotsOn(practice, practitioner, date));
  }
  slots.sort((item, other) => item.startAtMs - other.startAtMs || (item.id < other.id ? -1 : 1));
  sandbox.slotGrids.set(practice.practiceGroupId, { from, slots });
  return slots;
}

function slotsOn(practice: Practice, practitioner: PractitionerRecord, date: string): SlotRecord[] {
  const weekday = weekdayOf(date);
  const types = practice.appointmentTypes.filter((type) =>
    practitioner.appointmentTypeIds.includes(type.id),
  );
  return practitioner.sessions
    .filter((session) => session.weekdays.includes(weekday))
    .flatMap((session) =>
      types.flatMap((type) =>
        startsWithin(session, type, date).flatMap(({ startAtMs, minutes }): SlotRecord[] => {
          const finishAtMs = startAtMs + type.durationMinutes * minuteMs;
          if (isTakenByPractice(practitioner.id, startAtMs, finishAtMs)) return [];
          return [
            {
              id: slotId(type.id, practitioner.id, date, minutes),
              practitionerId: practitioner.id,
              appointmentTypeId: type.id,
              locationId: session.locationId,
              startAtMs,
              finishAtMs,
              date,
            },
          ];
        }),
      ),
    );
}

/** The starts, with the minutes of work since midnight, which are unique even when an hour comes twice. */
function startsWithin(
  session: { fromMinutes: number; toMinutes: number },
  type: AppointmentTypeRecord,
  date: string,
): { startAtMs: number; minutes: number }[] {
  const starts: { startAtMs: number; minutes: number }[] = [];
  const stepMs = type.durationMinutes * minuteMs;
  const fromMs = londonTimestampMs(date, session.fromMinutes);
  const untilMs = londonTimestampMs(date, session.toMinutes);
  for (let startAtMs = fromMs; startAtMs + stepMs <= untilMs; startAtMs += stepMs) {
    const minutes = session.fromMinutes + (startAtMs - fromMs) / minuteMs;
    starts.push({ startAtMs, minutes });
  }
  return starts;
}

function slotId(
  appointmentTypeId: string,
  practitionerId: string,
  date: string,
  minutes: number,
): string {
  const time =
    String(Math.floor(minutes / 60)).padStart(2, "0") + String(minutes % 60).padStart(2, "0");
  return `${appointmentTypeId}${practitionerId}${date.slice(2).replaceAll("-", "")}${time}`;
}

/** Pseudo-random, but the same every time. */
function isTakenByPractice(practitionerId: string, startAtMs: number, finishAtMs: number): boolean {
  const quarterMs = 15 * minuteMs;
  for (
    let quarter = Math.floor(startAtMs / quarterMs);
    quarter * quarterMs < finishAtMs;
    quarter += 1
  ) {
    if (hashText(`${practitionerId}/${quarter}`) % 100 < takenPercent) return true;
  }
  return false;
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
