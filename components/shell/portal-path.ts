import type { Environment } from "@/server/schemas/environments";

export type PortalScope = { tenant: string; environment: Environment };

type Query = Record<string, string | null | undefined>;

/**
 * An address within one organisation and environment: `portalPath(place, "/links", { practice })`.
 * Query values that are absent or empty are left out.
 */
export function portalPath(
  { tenant, environment }: PortalScope,
  path = "",
  query: Query = {},
): string {
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  ).toString();
  return `/${tenant}/${environment}${path}${search ? `?${search}` : ""}`;
}

/**
 * Where changing the practice leads from a page: lists stay and are filtered, forms for a new thing
 * and the Message Builder start again, and the page of one thing gives way to its list, since that
 * thing belongs to the other practice.
 */
export function pathAfterSwitch(path: string): string {
  const [section = "", rest] = path.split("/").filter(Boolean);
  if (!section) return "";
  const formPath = `/${section}/${rest}`;
  return ["/links/new", "/elements/message-builder"].includes(formPath) ? formPath : `/${section}`;
}
