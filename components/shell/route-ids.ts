import { notFound } from "next/navigation";
import { rowId } from "@/server/schemas/text";

export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** An id from the query of a page; an invalid one shows the not-found page. */
export function idFromQuery(value: string | string[] | undefined): string | undefined {
  if (value === undefined || value === "") return undefined;
  const id = rowId.safeParse(value);
  return id.success ? id.data : notFound();
}

/** An id from the path of a page. */
export function idFromPath(segment: string): string {
  return idFromQuery(segment) ?? notFound();
}
