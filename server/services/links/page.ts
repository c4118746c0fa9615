import "server-only";
import { asc, desc, type SQL, sql } from "drizzle-orm";
import { links } from "@/db/schema/links";
import { isBareDate } from "../../schemas/dates";
import type { LinkSort } from "../../schemas/links";

/** A page's order: always by the whole of a key, so that the planner walks an index and sorts nothing. */
export type Order = {
  by: SQL[];
  /** Rows behind a cursor; a cursor of another order is no page of this one. */
  after: (cursor: string) => SQL;
  cursorOf: (row: { id: string; expiresOn: string; uses: number }) => string;
};

const byWholeKey = (direction: typeof asc, ...columns: (typeof links)["expiresOn" | "uses"][]) =>
  [links.tenantId, links.environment, ...columns, links.id].map((column) => direction(column));

/** The sorted-by value and the id of a cursor; a cursor of an order by time has the id alone. */
export const splitCursor = (cursor: string) => {
  const at = cursor.indexOf("_");
  return at < 0
    ? { value: "", id: cursor }
    : { value: cursor.slice(0, at), id: cursor.slice(at + 1) };
};

const expiryOf = (cursor: string) => {
  const { value, id } = splitCursor(cursor);
  return sql`(${isBareDate(value) ? value : "2000-01-01"}::date, ${id}::uuid)`;
};

const usesOf = (cursor: string) => {
  const { value, id } = splitCursor(cursor);
  return sql`(${/^\d{1,9}$/.test(value) ? Number(value) : 0}::integer, ${id}::uuid)`;
};

const byExpiry = sql`(${links.expiresOn}, ${links.id})`;

export const orders: Record<LinkSort, Order> = {
  // Ids are UUIDv7: their order is time's.
  newest: {
    by: byWholeKey(desc),
    after: (cursor) => sql`${links.id} < ${splitCursor(cursor).id}::uuid`,
    cursorOf: ({ id }) => id,
  },
  oldest: {
    by: byWholeKey(asc),
    after: (cursor) => sql`${links.id} > ${splitCursor(cursor).id}::uuid`,
    cursorOf: ({ id }) => id,
  },
  expires_first: {
    by: byWholeKey(asc, links.expiresOn),
    after: (cursor) => sql`${byExpiry} > ${expiryOf(cursor)}`,
    cursorOf: ({ id, expiresOn }) => `${expiresOn}_${id}`,
  },
  expires_last: {
    by: byWholeKey(desc, links.expiresOn),
    after: (cursor) => sql`${byExpiry} < ${expiryOf(cursor)}`,
    cursorOf: ({ id, expiresOn }) => `${expiresOn}_${id}`,
  },
  most_used: {
    by: byWholeKey(desc, links.uses),
    after: (cursor) => sql`(${links.uses}, ${links.id}) < ${usesOf(cursor)}`,
    cursorOf: ({ id, uses }) => `${uses}_${id}`,
  },
};
