import { addDays, londonDate, londonMoment, weekdayOf } from "../london";
import type { AppointmentRecord, Clinician, Practice, SlotRecord, VisitType } from "./model";
import type { World } from "./world";

const weeksAhead = 6;
const minuteMs = 60_000;
/** Share of quarter hours already taken by the practice itself, in per cent. */
const takenPercent = 30;
const closedDays = new Set(["12-25", "12-26", "01-01"]);

export interface SlotFilter {
  typeId?: string;
  locationIds?: string[];
  practitionerId?: string;
  /** Only slots starting at or after, and before, these moments. */
  fromMs?: number;
  untilMs?: number;
}

/** Free slots in order of time. A booked or held time is free for nobody else. */
export function freeSlots(world: World, practice: Practice, filter: SlotFilter): SlotRecord[] {
  const nowMs = world.clock.nowMs();
  const taken = takenByClinician(world, practice);
  return slotGrid(world, practice).filter(
    (slot) =>
      slot.startAtMs > nowMs &&
      (!filter.typeId || slot.typeId === filter.typeId) &&
      (!filter.practitionerId || slot.practitionerId === filter.practitionerId) &&
      (!filter.locationIds?.length || filter.locationIds.includes(slot.locationId)) &&
      (filter.fromMs === undefined || slot.startAtMs >= filter.fromMs) &&
      (filter.untilMs === undefined || slot.startAtMs < filter.untilMs) &&
      !(taken.get(slot.practitionerId) ?? []).some((one) => overlaps(one, slot)),
  );
}

export function findSlot(world: World, practice: Practice, id: string): SlotRecord | undefined {
  return freeSlots(world, practice, {}).find((slot) => slot.id === id);
}

/** Whether the appointment still takes up its clinician's time. */
export function isTakingTime(appointment: AppointmentRecord, nowMs: number): boolean {
  if (appointment.cancelledAtMs !== null) return false;
  return appointment.confirmedAtMs !== null || (appointment.reservedUntilMs ?? 0) > nowMs;
}

/**
 * Whether a clinician works there at that time and has nothing else in it.
 * `exceptId` leaves out the appointment that is being moved.
 */
export function isFree(
  world: World,
  practice: Practice,
  wanted: Pick<SlotRecord, "practitionerId" | "locationId" | "startAtMs" | "finishAtMs">,
  exceptId?: string,
): boolean {
  const nowMs = world.clock.nowMs();
  if (wanted.startAtMs <= nowMs) return false;
  const clinician = practice.clinicians.find((one) => one.id === wanted.practitionerId);
  if (!clinician || !worksThen(clinician, wanted)) return false;
  if (isTakenByPractice(clinician.id, wanted.startAtMs, wanted.finishAtMs)) return false;
  return !(takenByClinician(world, practice).get(clinician.id) ?? []).some(
    (one) => one.id !== exceptId && overlaps(one, wanted),
  );
}

function takenByClinician(world: World, practice: Practice): Map<string, AppointmentRecord[]> {
  const nowMs = world.clock.nowMs();
  const taken = new Map<string, AppointmentRecord[]>();
  for (const appointment of world.appointments.values()) {
    if (appointment.groupId !== practice.groupId || !isTakingTime(appointment, nowMs)) continue;
    const list = taken.get(appointment.practitionerId) ?? [];
    list.push(appointment);
    taken.set(appointment.practitionerId, list);
  }
  return taken;
}

function overlaps(
  appointment: AppointmentRecord,
  slot: Pick<SlotRecord, "startAtMs" | "finishAtMs">,
): boolean {
  const finishAtMs = appointment.startAtMs + appointment.durationMinutes * minuteMs;
  return appointment.startAtMs < slot.finishAtMs && slot.startAtMs < finishAtMs;
}

function worksThen(
  clinician: Clinician,
  wanted: Pick<SlotRecord, "locationId" | "startAtMs" | "finishAtMs">,
): boolean {
  const date = londonDate(wanted.startAtMs);
  return clinician.sessions.some(
    (session) =>
      session.locationId === wanted.locationId &&
      session.weekdays.includes(weekdayOf(date)) &&
      !closedDays.has(date.slice(5)) &&
      londonMoment(date, session.fromMinutes) <= wanted.startAtMs &&
      londonMoment(date, session.toMinutes) >= wanted.finishAtMs,
  );
}

/** The grid depends on the day only, so it is made once a day for each practice. */
function slotGrid(world: World, practice: Practice): SlotRecord[] {
  const from = londonDate(world.clock.nowMs());
  const known = world.slotGrids.get(practice.groupId);
  if (known?.from === from) return known.slots;
  const slots: SlotRecord[] = [];
  for (let day = 0; day <= weeksAhead * 7; day += 1) {
    const date = addDays(from, day);
    if (closedDays.has(date.slice(5))) continue;
    for (const clinician of practice.clinicians) slots.push(...slotsOn(practice, clinician, date));
  }
  slots.sort((one, other) => one.startAtMs - other.startAtMs || (one.id < other.id ? -1 : 1));
  world.slotGrids.set(practice.groupId, { from, slots });
  return slots;
}

function slotsOn(practice: Practice, clinician: Clinician, date: string): SlotRecord[] {
  const weekday = weekdayOf(date);
  const midnightMs = londonMoment(date, 12 * 60) - 12 * 60 * minuteMs;
  const types = practice.types.filter((type) => clinician.typeIds.includes(type.id));
  return clinician.sessions
    .filter((session) => session.weekdays.includes(weekday))
    .flatMap((session) =>
      types.flatMap((type) =>
        startsWithin(session, type).flatMap((minutes): SlotRecord[] => {
          const startAtMs = midnightMs + minutes * minuteMs;
          const finishAtMs = startAtMs + type.durationMinutes * minuteMs;
          if (isTakenByPractice(clinician.id, startAtMs, finishAtMs)) return [];
          return [
            {
              id: slotId(type.id, clinician.id, date, minutes),
              practitionerId: clinician.id,
              typeId: type.id,
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

function startsWithin(
  session: { fromMinutes: number; toMinutes: number },
  type: VisitType,
): number[] {
  const starts: number[] = [];
  const step = type.durationMinutes;
  for (let at = session.fromMinutes; at + step <= session.toMinutes; at += step) starts.push(at);
  return starts;
}

function slotId(typeId: string, clinicianId: string, date: string, minutes: number): string {
  const clock =
    String(Math.floor(minutes / 60)).padStart(2, "0") + String(minutes % 60).padStart(2, "0");
  return `${typeId}${clinicianId}${date.slice(2).replaceAll("-", "")}${clock}`;
}

/** Quarter hours which the practice filled itself: pseudo-random, but the same every time. */
function isTakenByPractice(clinicianId: string, startAtMs: number, finishAtMs: number): boolean {
  const quarterMs = 15 * minuteMs;
  for (let at = Math.floor(startAtMs / quarterMs); at * quarterMs < finishAtMs; at += 1) {
    if (scatter(`${clinicianId}/${at}`) % 100 < takenPercent) return true;
  }
  return false;
}

function scatter(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
