import { eventType } from "./event-types";
import { rowId, textLine } from "./text";
import { z } from "./zod";

const urlMessage = "Enter an address such as https://example.org/events.";
const isAllowedPort = (port: string) => port === "" || port === "443" || Number(port) >= 1024;

/**
 * Where events are sent, in the form that is called. Whether its host may be called is checked by the service
 * and with every connection.
 */
const destinationUrl = z
  .string({ error: urlMessage })
  .trim()
  .max(2000, { error: "Use 2,000 characters or fewer." })
  .transform((text, ctx) => {
    const reject = (message: string) => {
      ctx.addIssue({ code: "custom", message });
      return z.NEVER;
    };
    if (!/^https?:\/\/(?!\/)[!-~]+$/i.test(text) || text.includes("\\") || !URL.canParse(text)) {
      return reject(urlMessage);
    }
    const url = new URL(text);
    if (url.username || url.password) return reject("Leave out the user name and password.");
    if (text.includes("#")) return reject("Leave out the part from # on.");
    if (!isAllowedPort(url.port)) return reject("Use port 443, or one from 1024 on.");
    return url.href;
  });

const destinationFields = {
  name: textLine("a name", 80),
  url: destinationUrl,
  /** Empty for every type. */
  eventTypes: z
    .array(eventType, { error: "Select event types from the list." })
    .max(100, { error: "Select event types from the list." })
    .transform((types) => [...new Set(types)]),
  /** Empty for every practice. Events of no practice are sent only then. */
  practiceIds: z
    .array(rowId, { error: "Select practices from the list." })
    .max(500, { error: "A destination can have up to 500 practices." })
    .transform((ids) => [...new Set(ids)]),
};

export const createDestinationInput = z.object(destinationFields);
export type CreateDestinationInput = z.infer<typeof createDestinationInput>;

export const destinationIdInput = z.object({ destinationId: rowId });
export type DestinationIdInput = z.infer<typeof destinationIdInput>;

export const updateDestinationInput = z.object({ destinationId: rowId, ...destinationFields });
export type UpdateDestinationInput = z.infer<typeof updateDestinationInput>;

export const switchDestinationInput = z.object({
  destinationId: rowId,
  isOn: z.boolean({ error: "Enter true or false." }),
});
export type SwitchDestinationInput = z.infer<typeof switchDestinationInput>;

export const destinationSecretInput = z.object({ destinationId: rowId, secretId: rowId });
export type DestinationSecretInput = z.infer<typeof destinationSecretInput>;

/** Timestamps are ISO 8601 in UTC. */
export const destinationView = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  eventTypes: z.array(z.string()),
  practices: z.array(z.object({ id: z.string(), name: z.string() })),
  isOn: z.boolean(),
  /** Why it is off: a person's choice, the address answered 410, or five days of failures. */
  offReason: z.enum(["by_person", "gone", "failing"]).nullable(),
  offSince: z.string().nullable(),
  /** The first failed attempt since the last success. */
  failingSince: z.string().nullable(),
  /** The address asked to slow down: nothing is sent before. */
  pausedUntil: z.string().nullable(),
  /** Events that wait to be sent or sent again. While it is off, later events are not counted. */
  waitingCount: z.number(),
  /** The secrets that sign, the newest first; earlier ones until `validUntil`. */
  secrets: z.array(
    z.object({ id: z.string(), createdAt: z.string(), validUntil: z.string().nullable() }),
  ),
  createdBy: z.string(),
  createdAt: z.string(),
});
export type DestinationView = z.infer<typeof destinationView>;

/** A secret in the form that verifying libraries take: `whsec_` and base64. */
export const shownSecret = z.object({ secret: z.string(), view: destinationView });
export type ShownSecret = z.infer<typeof shownSecret>;

/** What became of a test event: a status, or why there was no answer. */
export const destinationTestResult = z.object({
  status: z.number().nullable(),
  failure: z
    .enum(["address_refused", "name_not_found", "not_reached", "tls_failed", "timed_out"])
    .nullable(),
  durationMs: z.number(),
});
export type DestinationTestResult = z.infer<typeof destinationTestResult>;

export const resendEventInput = z.object({ destinationId: rowId, eventId: rowId });
export type ResendEventInput = z.infer<typeof resendEventInput>;

const isTime = (text: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(text) &&
  // A date that does not exist becomes another one.
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString().startsWith(text.slice(0, 19));
const timeMessage = "Enter a time such as 2026-11-27T09:00:00Z.";
export const recoverEventsInput = z.object({
  destinationId: rowId,
  since: z.string({ error: timeMessage }).refine(isTime, { error: timeMessage }),
});
export type RecoverEventsInput = z.infer<typeof recoverEventsInput>;

export const recoveredEvents = z.object({ count: z.number() });
