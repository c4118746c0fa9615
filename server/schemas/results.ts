import { localDate } from "./date-fields";
import { daysBetween } from "./dates";
import { linkFilters } from "./links/list";
import { z } from "./zod";

export const resultGrouping = z.enum(
  ["date", "practice", "appointment_type", "tag", "bulk_upload", "link"],
  { error: "Select what to group by." },
);
export type ResultGrouping = z.infer<typeof resultGrouping>;

/** The longest period: a year, from a date to the same date of the next. */
const maxResultDays = 367;

/** Which links are counted: those created between two UK dates, both included, that match the filters. */
const countedLinks = z.object({
  from: localDate("first date", "Enter the first date."),
  to: localDate("last date", "Enter the last date."),
  groupBy: resultGrouping.default("practice"),
  ...linkFilters.pick({
    practiceId: true,
    kind: true,
    audience: true,
    tag: true,
    bulkUploadId: true,
  }).shape,
});

export const resultsInput = countedLinks
  .refine(({ from, to }) => from <= to, {
    path: ["to"],
    error: "The last date must be the first date or later.",
  })
  .refine(({ from, to }) => daysBetween(from, to) < maxResultDays, {
    path: ["to"],
    error: "Select a period of up to a year.",
  });
export type ResultsInput = z.infer<typeof resultsInput>;

/**
 * What links led to. The first four count links, so each is at most the one before; the other three count
 * what happened with them. `components/results/definitions.tsx` says the same on the page.
 */
const resultCounts = z.object({
  /** Links that Hero created. */
  created: z.number(),
  /** Of these, opened at least once. Polled from Hero, and robots count. */
  opened: z.number(),
  /** Of these, with at least one booking; of form links, with at least one response. */
  booked: z.number(),
  /** Of these, with at least one booking that has been cancelled since. */
  cancelled: z.number(),
  opens: z.number(),
  /** The appointments that were read from Hero, or Hero's count of uses where it is higher. */
  bookings: z.number(),
  cancellations: z.number(),
});
export type ResultCounts = z.infer<typeof resultCounts>;

const resultStep = z.enum(["day", "week"]);
export type ResultStep = z.infer<typeof resultStep>;

/** `startsOn`: the UK day, or the first day of the week that is in the period. */
const resultInterval = resultCounts.extend({ startsOn: z.string() });
export type ResultInterval = z.infer<typeof resultInterval>;

/**
 * Links with something in common. `id` is that of a practice, a bulk upload or a link; a tag or an
 * appointment type is its own name. Both are null for links without any.
 */
const resultGroup = resultCounts.extend({
  id: z.string().nullable(),
  name: z.string().nullable(),
});
export type ResultGroup = z.infer<typeof resultGroup>;

export const results = z.object({
  totals: resultCounts,
  step: resultStep,
  intervals: z.array(resultInterval),
  /** Those with the most links; empty when grouped by date. */
  groups: z.array(resultGroup),
  hasMoreGroups: z.boolean(),
  /** Only the newest links of the period were counted, because there are very many. */
  isTruncated: z.boolean(),
});
export type Results = z.infer<typeof results>;

export const overviewInput = linkFilters.pick({ practiceId: true });
export type OverviewInput = z.infer<typeof overviewInput>;

/** For the page to start the day with. */
export const overview = z.object({
  /** Links created since the first day of this month, by day. */
  month: results.pick({ totals: true, intervals: true, isTruncated: true }),
  /** Whether any bookings can be known when they are made: an endpoint or an appointment of a link exists. */
  knowsBookings: z.boolean(),
  /** Practices whose webhooks have stopped, as members were told by email. */
  silentPractices: z.array(
    z.object({ id: z.string(), name: z.string(), lastHeardAt: z.string().nullable() }),
  ),
  /** Messages that need a person: held ones, those of which nothing is known, and those that were not sent. */
  messages: z.object({ held: z.number(), unknown: z.number(), late: z.number() }),
  /** Batches of messages that wait for this person's decision, and paused ones. */
  batches: z.object({ toDecide: z.number(), paused: z.number() }),
});
export type Overview = z.infer<typeof overview>;
