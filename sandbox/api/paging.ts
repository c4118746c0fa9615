import { z } from "zod";
import { parsed } from "./problem";

const count = z.string().regex(/^\d{1,9}$/, "a whole number");

const pagingInput = z.object({
  page_index: count.optional(),
  page_size: count.refine((text) => Number(text) >= 1, "at least 1").optional(),
});

/**
 * One page and the total. Pages count from 0; 50 to a page unless told, 100 at most. The contract
 * leaves all three open, so these are guesses.
 */
export function pageOf<T>(all: T[], query: URLSearchParams): { data: T[]; count: number } {
  const { page_index, page_size } = parsed(pagingInput, {
    page_index: query.get("page_index") ?? undefined,
    page_size: query.get("page_size") ?? undefined,
  });
  const size = Math.min(100, Number(page_size ?? 50));
  const from = Number(page_index ?? 0) * size;
  return { data: all.slice(from, from + size), count: all.length };
}

export function everything<T>(data: T[]): { data: T[]; count: number } {
  return { data, count: data.length };
}

const flag = z.enum(["true", "false"]);

/** A query field that is true, false or absent. */
export function flagOf(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  return parsed(z.object({ [name]: flag }), { [name]: value })[name] === "true";
}
