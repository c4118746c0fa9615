import type { Environment } from "@/server/schemas/environments";

export type PortalScope = { tenant: string; environment: Environment };

type Query = Record<string, string | null | undefined>;

/**
 * A path within one organisation and environment: `portalPath(scope, "/links", { practice })`.
 * Empty query values are left out.
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
 * The path after switching practice or environment: lists and new-link forms stay; the page of one item
 * gives way to its list, since the item belongs to the other practice.
 */
export function pathAfterSwitch(path: string): string {
  const [section = "", rest] = path.split("/").filter(Boolean);
  if (!section) return "";
  const formPath = `/${section}/${rest}`;
  return [
    "/links/new",
    "/messages/batches",
    "/messages/templates",
    "/elements/assigned",
    "/elements/message-builder",
  ].includes(formPath)
    ? formPath
    : `/${section}`;
}
