import "server-only";
import { z } from "zod";
import { heroId } from "./ids";
import { readPages } from "./read-pages";
import { type HeroConnection, request } from "./request";

const name = z.string().trim().max(200).nullish().catch(null);

/** Email addresses and prescribers' numbers are not read. */
const admin = z
  .object({ id: heroId, first_name: name, last_name: name })
  .transform(({ id, first_name, last_name }) => ({
    id,
    name: [first_name, last_name].filter(Boolean).join(" ") || null,
  }));

export type HeroAdmin = z.infer<typeof admin>;

const pageSize = 100;
const maxPages = 10;

/**
 * `GET /v1/admins`: the practice's staff in Hero, to whom a task can be assigned.
 *
 * @throws HeroError when the first page cannot be read
 */
export async function listAdmins(
  hero: HeroConnection,
): Promise<{ admins: HeroAdmin[]; isComplete: boolean }> {
  const operation = { name: "listAdmins", method: "GET", path: "/v1/admins" } as const;
  const reply = z.object({ data: z.array(admin), count: z.number().nullish() });
  const { items, isComplete } = await readPages(
    (index) =>
      request(hero, operation, { query: { page_index: index, page_size: pageSize } }, reply),
    maxPages,
  );
  return { admins: items, isComplete };
}
