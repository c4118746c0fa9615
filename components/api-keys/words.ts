import type { ApiKeyPermission } from "@/server/schemas/api-keys";
import type { Environment } from "@/server/schemas/environments";

export const permissionWords: Record<ApiKeyPermission, { name: string; hint: string }> = {
  "links.read": { name: "Read links", hint: "List links, and read their state and address." },
  "links.create": { name: "Make links", hint: "Ask Hero for booking links and form links." },
  "links.edit": { name: "Change links", hint: "Change limits, close and open links." },
};

const acts: Record<string, string | undefined> = {
  "links.read": "read",
  "links.create": "make",
  "links.edit": "change",
};

/** "Read, make and change links"; a permission that this portal does not know is shown as it is stored. */
export function describePermissions(permissions: readonly string[]): string {
  const list = new Intl.ListFormat("en-GB").format(permissions.map((each) => acts[each] ?? each));
  return `${list.charAt(0).toUpperCase()}${list.slice(1)} links`;
}

/** What can be shown of a key after it was made. */
export const keyHint = (environment: Environment, lastFour: string): string =>
  `hpp_${environment}_…${lastFour}`;

export const whoManagesKeys =
  "Owners, admins and developers of your organisation can make and revoke API keys.";
