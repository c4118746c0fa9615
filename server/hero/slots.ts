import "server-only";
import { z } from "zod";
import { addDays, ukDateOf } from "../schemas/dates";
import { HeroError } from "./errors";
import type { CountSlotsData } from "./generated";
import { heroId } from "./ids";
import { type HeroConnection, request } from "./request";
import { timestamp } from "./timestamp";

export type SlotFilters = NonNullable<CountSlotsData["query"]>;

/**
 * `GET /v1/slots/count`: free slots now. `start_date` and `end_date` are local dates, both included,
 * assumed to be dates in the United Kingdom (assumptions 13 and 39).
 */
export function fetchSlotCount(hero: HeroConnection, filters: SlotFilters): Promise<number> {
  const operation = { name: "countSlots", method: "GET", path: "/v1/slots/count" } as const;
  const reply = z.object({ count: z.number().int().min(0) }).transform(({ count }) => count);
  return request(hero, operation, { query: filters }, reply);
}

const minuteMs = 60_000;

// The contract requires the ID only. A slot that lacks anything else could not be booked.
const slot = z
  .object({
    id: heroId,
    practitioner_id: heroId,
    appointment_type_id: heroId,
    location_id: heroId,
    start_time: timestamp,
    finish_time: timestamp,
  })
  .transform((fields) => ({
    ...fields,
    /** Minutes. */
    duration: (Date.parse(fields.finish_time) - Date.parse(fields.start_time)) / minuteMs,
  }))
  .refine(({ duration }) => Number.isInteger(duration) && duration > 0 && duration <= 24 * 60);

export type HeroSlot = z.infer<typeof slot>;

/**
 * `GET /v1/slots`: one page of free slots; pages count from 0 (assumption 11). The path and the names of
 * the filters are inferred (assumption 49). What Hero's `count` means is not documented.
 */
export function listSlots(
  hero: HeroConnection,
  filters: SlotFilters,
  page: { index: number; size: number },
): Promise<{ data: HeroSlot[]; count?: number | null | undefined }> {
  const operation = { name: "listSlots", method: "GET", path: "/v1/slots" } as const;
  const query = { ...filters, page_index: page.index, page_size: page.size };
  return request(
    hero,
    operation,
    { query },
    z.object({ data: z.array(slot), count: z.number().nullish() }),
  );
}

const pageSize = 100;
const maxPages = 30;

/**
 * Every free slot that matches the filters, earliest first; both dates are included. When Hero's list was
 * not read to its end, `isComplete` is false: other slots may be free, even when there is none here.
 *
 * @throws HeroError when the first page cannot be read; the failure of a later one leaves the list incomplete
 */
export async function fetchSlots(
  hero: HeroConnection,
  filters: SlotFilters,
): Promise<{ slots: HeroSlot[]; isComplete: boolean }> {
  // Hero may not include the last date (assumption 39), so one more is requested and dropped here.
  const requested = {
    ...filters,
    ...(filters.end_date !== undefined && { end_date: addDays(filters.end_date, 1) }),
  };
  const found = new Map<string, HeroSlot>();
  const isComplete = await readPages(hero, requested, found);
  const slots = [...found.values()]
    .filter((each) => matchesFilters(each, filters))
    .sort((a, b) => a.start_time.localeCompare(b.start_time) || a.id.localeCompare(b.id));
  return { slots, isComplete };
}

/** Adds the slots of every page to `found`; returns whether the list was read to its end. */
async function readPages(
  hero: HeroConnection,
  filters: SlotFilters,
  found: Map<string, HeroSlot>,
): Promise<boolean> {
  for (let index = 0; index < maxPages; index += 1) {
    const previousSize = found.size;
    let page: Awaited<ReturnType<typeof listSlots>>;
    try {
      page = await listSlots(hero, filters, { index, size: pageSize });
    } catch (error) {
      if (index === 0 || !(error instanceof HeroError)) throw error;
      return false;
    }
    for (const each of page.data) found.set(each.id, each);
    const count = page.count ?? 0;
    // Only an empty page proves the end, or a count that is more than this page's own and has been reached:
    // Hero may return pages shorter than requested.
    if (page.data.length === 0) return count <= found.size;
    if (count > page.data.length && count <= found.size) return true;
    // The second page equals the first where pages count from 1. Any later repetition means that Hero
    // ignores the page number.
    if (found.size === previousSize && index !== 1) return false;
  }
  return false;
}

/** Whether Hero was right to list a slot: the names of its filters are inferred (assumption 49). */
function matchesFilters(
  slot: HeroSlot,
  { appointment_type_id, location_id, practitioner_id, start_date, end_date }: SlotFilters,
): boolean {
  const date = ukDateOf(new Date(slot.start_time));
  return (
    (appointment_type_id ?? slot.appointment_type_id) === slot.appointment_type_id &&
    (location_id ?? slot.location_id) === slot.location_id &&
    (practitioner_id ?? slot.practitioner_id) === slot.practitioner_id &&
    (start_date ?? date) <= date &&
    (end_date ?? date) >= date
  );
}

/**
 * `GET /v1/slots/{id}`: a slot that is still free.
 *
 * @throws HeroError; `not_found` means that it is no longer free
 */
export async function getSlot(hero: HeroConnection, id: string): Promise<HeroSlot> {
  const operation = { name: "getSlot", method: "GET", path: "/v1/slots/{id}" } as const;
  const found = await request(hero, operation, { path: { id } }, slot);
  if (found.id !== id) throw new HeroError("unreadable_reply", operation.name);
  return found;
}
