import type { ApiKeyPermission } from "@/server/schemas/api-keys";
import type { Environment } from "@/server/schemas/environments";

export const permissionLabels: Record<ApiKeyPermission, { name: string; hint: string }> = {
  "links.read": { name: "Read links", hint: "List links and read their state and URL." },
  "links.create": { name: "Create links", hint: "Create booking links and form links." },
  "links.edit": { name: "Edit links", hint: "Edit, close and reopen links." },
  "element_sessions.create": {
    name: "Create element sessions",
    hint: "Show Hero elements on a placement's pages.",
  },
  "patients.read": {
    name: "Look up patients",
    hint: "Get Hero's ID of a patient from two identifiers. May register a temporary patient.",
  },
  "appointments.read": {
    name: "Read appointments",
    hint: "Read the state of an appointment that the portal booked.",
  },
  "appointments.book": { name: "Book appointments", hint: "List free slots and book one." },
  "messages.read": {
    name: "Read messages",
    hint: "List messages and read what became of them. Never their text.",
  },
  "messages.send": {
    name: "Send messages",
    hint: "Message one patient at a time, and cancel a message that was not sent.",
  },
  "messages.write_to_record_automatically": {
    name: "Write messages to the record",
    hint: "Have a message written to the patient's record without anyone's approval.",
  },
  "events.read": {
    name: "Read events",
    hint: "Read what happened to links, messages and practices.",
  },
};

const otherActions: Record<string, string | undefined> = {
  "element_sessions.create": "create element sessions",
  "patients.read": "look up patients",
  "appointments.read": "read appointments",
  "appointments.book": "book appointments",
  "messages.read": "read messages",
  "messages.send": "send messages",
  "messages.write_to_record_automatically": "write messages to the record without approval",
  "events.read": "read events",
};

const linkActions: Record<string, string | undefined> = {
  "links.read": "read",
  "links.create": "create",
  "links.edit": "edit",
};

/** "Read and create links; create element sessions". An unknown permission is shown as stored. */
export function describePermissions(permissions: readonly string[]): string {
  const actions = permissions.flatMap((permission) => linkActions[permission] ?? []);
  const others = permissions
    .filter((permission) => !linkActions[permission])
    .map((permission) => otherActions[permission] ?? permission);
  const linkTexts =
    actions.length > 0 ? [`${new Intl.ListFormat("en-GB").format(actions)} links`] : [];
  const text = [...linkTexts, ...others].join("; ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** What is shown of a key after its creation. */
export const maskedKey = (environment: Environment, lastFour: string): string =>
  `hpp_${environment}_…${lastFour}`;
