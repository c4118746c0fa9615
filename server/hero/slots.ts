import "server-only";
import { z } from "zod";
import type { CountSlotsData } from "./generated";
import { type HeroConnection, request } from "./request";

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
