import type { ApiKeyPermission } from "@/server/schemas/api-keys";
import type { Environment } from "@/server/schemas/environments";

export const permissionLabels: Record<ApiKeyPermission, { name: string; hint: string }> = {
  "links.read": { name: "Read links", hint: "List links, and read their state and address." },
  "links.create": { name: "Make links", hint: "Ask Hero for booking links and form links." },
  "links.edit": { name: "Change links", hint: "Change limits, close and open links." },
  "element_sessions.create": {
    name: "Open element sessions",
    hint: "Let a page of a placement's show Hero's elements for a practice.",
  },
};

const linkActions: Record<string, string | undefined> = {
  "links.read": "read",
  "links.create": "make",
  "links.edit": "change",
};

/** "Read and make links; open element sessions"; one that this portal does not know is shown as it is stored. */
export function describePermissions(permissions: readonly string[]): string {
  const actions = permissions.flatMap((permission) => linkActions[permission] ?? []);
  const others = permissions
    .filter((permission) => !linkActions[permission])
    .map((permission) =>
      permission === "element_sessions.create" ? "open element sessions" : permission,
    );
  const linkTexts =
    actions.length > 0 ? [`${new Intl.ListFormat("en-GB").format(actions)} links`] : [];
  const text = [...linkTexts, ...others].join("; ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** What can be shown of a key after it was made. */
export const maskedKey = (environment: Environment, lastFour: string): string =>
  `hpp_${environment}_…${lastFour}`;

export const whoManagesKeys =
  "Owners, admins and developers of your organisation can make and revoke API keys.";
