import "server-only";

const dayMs = 24 * 60 * 60_000;

/** A cursor of `GET /api/v1/events` can be used this long. */
export const cursorLifetimeDays = 90;
export const cursorLifetimeMs = cursorLifetimeDays * dayMs;

/** A day longer than a cursor, so that nothing is deleted that a valid one leads to. */
export const eventRetentionMs = cursorLifetimeMs + dayMs;

/** The smallest ID that an event recorded at a time can have: events are numbered by UUIDv7 (RFC 9562). */
export function firstEventIdAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** When an event was recorded, by its ID. */
export const eventRecordedAt = (id: string): Date =>
  new Date(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16));
