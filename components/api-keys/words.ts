import type { ApiKeyPermission } from "@/server/schemas/api-keys";
import type { Environment } from "@/server/schemas/environments";

export const permissionWords: Record<ApiKeyPermission, { name: string; hint: string }> = {
  "links.read": { name: "Read links", hint: "List links, and read their state and address." },
  "links.create": { name: "Make links", hint: "Ask Hero for booking links and form links." },
  "links.edit": { name: "Change links", hint: "Change limits, close and open links." },
};

/** A permission as people read it; one that this portal does not know is shown as it is stored. */
export const describePermission = (permission: string): string =>
  permission in permissionWords ? permissionWords[permission as ApiKeyPermission].name : permission;

/** What can be shown of a key after it was made. */
export const keyHint = (environment: Environment, lastFour: string): string =>
  `hpp_${environment}_…${lastFour}`;

export const whoManagesKeys =
  "Owners, admins and developers of your organisation can make and revoke API keys.";
