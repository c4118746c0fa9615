import "server-only";
import { db } from "@/db/client";
import { env } from "../../env";
import { ConflictError } from "../../errors";
import { readPatient } from "../../hero/patients";
import type { AppointmentIdInput } from "../../schemas/appointments";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { loadAppointment } from "./load";

const minuteMs = 60_000;

/** A timestamp in UTC as iCalendar writes it: no time zone to get wrong on the day the clocks change. */
const toCalendarTime = (timestamp: Date) => timestamp.toISOString().replace(/[-:]|\.\d{3}/g, "");

/** RFC 5545, 3.3.11. */
const escapeText = (text: string) =>
  text.replace(/[\\;,]/g, (character) => `\\${character}`).replace(/\r?\n/g, "\\n");

/** Lines of at most 75 octets (RFC 5545, 3.1), never within a character. */
function foldLine(line: string): string {
  const parts: string[] = [];
  let part = "";
  for (const character of line) {
    // A continuation begins with a space, which counts.
    const limit = parts.length === 0 ? 75 : 74;
    if (Buffer.byteLength(part + character) > limit) {
      parts.push(part);
      part = "";
    }
    part += character;
  }
  return [...parts, part].join("\r\n ");
}

/**
 * The calendar file of an appointment, for the patient. Its UID never changes and its SEQUENCE rises with
 * every move, so that a calendar replaces what it has; a cancelled appointment is a CANCEL. It has neither the
 * patient nor the reason. Location and type are left out for a restricted patient, and when Hero does not say
 * whether the patient is.
 *
 * @throws NotFoundError
 * @throws ConflictError unless it is booked or cancelled
 */
export async function exportCalendarFile(
  ctx: TenantContext,
  { appointmentId }: AppointmentIdInput,
): Promise<{ fileName: string; contentType: string; chunks: AsyncGenerator<string> }> {
  requirePermission(ctx, "appointments.read");
  const { row, practice } = await db.tenant(ctx, async (tx) => {
    const loaded = await loadAppointment(tx, ctx, appointmentId);
    if (loaded.state !== "booked" && loaded.state !== "cancelled") {
      throw new ConflictError("Only a booked or cancelled appointment has a calendar file.");
    }
    return { row: loaded, practice: await loadPracticeWithKey(tx, ctx, loaded.practiceId) };
  });
  const outcome = await callHeroForPractice(ctx, practice, (hero) =>
    readPatient(hero, row.patientId),
  );
  await db.tenant(ctx, (tx) => recordCallsForPractice(tx, ctx, practice, outcome.records));
  const isUnrestricted =
    outcome.ok && outcome.result.outcome === "found" && !outcome.result.patient.restricted;
  const isCancelled = row.state === "cancelled";
  const host = new URL(env().PUBLIC_URL).host;
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Hero Partner Portal//Appointments//EN",
    `METHOD:${isCancelled ? "CANCEL" : "PUBLISH"}`,
    "BEGIN:VEVENT",
    `UID:${row.id}@${host}`,
    `SEQUENCE:${row.calendarSequence}`,
    `DTSTAMP:${toCalendarTime(new Date())}`,
    `DTSTART:${toCalendarTime(row.startsAt)}`,
    `DTEND:${toCalendarTime(new Date(row.startsAt.getTime() + row.durationMinutes * minuteMs))}`,
    ...(isUnrestricted
      ? [
          `SUMMARY:${escapeText(row.appointmentTypeName)}`,
          `LOCATION:${escapeText(`${row.locationName}, ${practice.publicName}`)}`,
        ]
      : ["SUMMARY:Appointment"]),
    `STATUS:${isCancelled ? "CANCELLED" : "CONFIRMED"}`,
    "CLASS:PRIVATE",
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  async function* chunks() {
    yield lines.map((line) => `${foldLine(line)}\r\n`).join("");
  }
  return {
    fileName: "appointment.ics",
    contentType: "text/calendar; charset=utf-8",
    chunks: chunks(),
  };
}
