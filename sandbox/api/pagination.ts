import { z } from "zod";
import { parseInput } from "./problem";

const countField = z.string().regex(/^\d{1,9}$/, "a whole number");

const paginationInput = z.object({
  page_index: countField.optional(),
  page_size: countField.refine((text) => Number(text) >= 1, "at least 1").optional(),
});

/**
 * One page and the total count. The contract does not say where pages start (0 here), nor the default
 * and maximum page size (50 and 100 here).
 */
export function paginate<T>(items: T[], query: URLSearchParams): { data: T[]; count: number } {
  const { page_index, page_size } = parseInput(paginationInput, {
    page_index: query.get("page_index") ?? undefined,
    page_size: query.get("page_size") ?? undefined,
  });
  const size = Math.min(100, Number(page_size ?? 50));
  const start = Number(page_index ?? 0) * size;
  return { data: items.slice(start, start + size), count: items.length };
}

export function listResponse<T>(data: T[]): { data: T[]; count: number } {
  return { data, count: data.length };
}

const booleanField = z.enum(["true", "false"]);

export function booleanParam(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  return parseInput(z.object({ [name]: booleanField }), { [name]: value })[name] === "true";
}
