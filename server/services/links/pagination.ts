import "server-only";
import { asc, desc, type SQL, sql } from "drizzle-orm";
import { links } from "@/db/schema/links";
import { isLocalDate } from "../../schemas/dates";
import type { LinkSort } from "../../schemas/links/list";

/** A page's order, always by a whole key, so that PostgreSQL follows an index and sorts nothing. */
export type PageOrder = {
  orderBy: SQL[];
  /** The rows after a cursor. A cursor of another order selects no useful page. */
  afterCursor: (cursor: string) => SQL;
  toCursor: (row: { id: string; expiresOn: string; uses: number }) => string;
};

const orderByFullKey = (
  direction: typeof asc,
  ...columns: (typeof links)["expiresOn" | "uses"][]
) => [links.tenantId, links.environment, ...columns, links.id].map((column) => direction(column));

/** The sort value and the id of a cursor; ordered by time, a cursor is the id alone. */
export const parseCursor = (cursor: string) => {
  const separatorIndex = cursor.indexOf("_");
  return separatorIndex < 0
    ? { value: "", id: cursor }
    : { value: cursor.slice(0, separatorIndex), id: cursor.slice(separatorIndex + 1) };
};

const expiryCursorKey = (cursor: string) => {
  const { value, id } = parseCursor(cursor);
  return sql`(${isLocalDate(value) ? value : "2000-01-01"}::date, ${id}::uuid)`;
};

const usesCursorKey = (cursor: string) => {
  const { value, id } = parseCursor(cursor);
  return sql`(${/^\d{1,9}$/.test(value) ? Number(value) : 0}::integer, ${id}::uuid)`;
};

const expiryKey = sql`(${links.expiresOn}, ${links.id})`;

export const pageOrders: Record<LinkSort, PageOrder> = {
  // Ids are UUIDv7, so they sort by time.
  newest: {
    orderBy: orderByFullKey(desc),
    afterCursor: (cursor) => sql`${links.id} < ${parseCursor(cursor).id}::uuid`,
    toCursor: ({ id }) => id,
  },
  oldest: {
    orderBy: orderByFullKey(asc),
    afterCursor: (cursor) => sql`${links.id} > ${parseCursor(cursor).id}::uuid`,
    toCursor: ({ id }) => id,
  },
  expires_first: {
    orderBy: orderByFullKey(asc, links.expiresOn),
    afterCursor: (cursor) => sql`${expiryKey} > ${expiryCursorKey(cursor)}`,
    toCursor: ({ id, expiresOn }) => `${expiresOn}_${id}`,
  },
  expires_last: {
    orderBy: orderByFullKey(desc, links.expiresOn),
    afterCursor: (cursor) => sql`${expiryKey} < ${expiryCursorKey(cursor)}`,
    toCursor: ({ id, expiresOn }) => `${expiresOn}_${id}`,
  },
  most_used: {
    orderBy: orderByFullKey(desc, links.uses),
    afterCursor: (cursor) => sql`(${links.uses}, ${links.id}) < ${usesCursorKey(cursor)}`,
    toCursor: ({ id, uses }) => `${uses}_${id}`,
  },
};
