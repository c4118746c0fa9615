import { containsNhsNumber } from "../nhs-number";
import { pageSize, rowId, textLine } from "../text";
import { z } from "../zod";
import { linkKind, tag, textWithoutNhsNumber } from "./fields";
import { maxSearchCharacters, nhsNumberMessage } from "./rules";
import { linkState, linkView, namedReference } from "./view";

export const linkSort = z.enum(["newest", "oldest", "expires_first", "expires_last", "most_used"], {
  error: "Unknown sort order.",
});
export type LinkSort = z.infer<typeof linkSort>;

/** The last link's id, after its sort value where that is not the time. */
export const linkCursor = z
  .string({ error: "Invalid page cursor." })
  .regex(/^(?:[0-9-]{1,12}_)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, {
    error: "Invalid page cursor.",
  });

/** From the beginning of which UK day an appointment was booked; days before today. */
export const bookedSinceDays = { yesterday: 1, last_7_days: 6, last_28_days: 27 } as const;
export type BookedSince = keyof typeof bookedSinceDays;

const bookedSince = z.enum(["yesterday", "last_7_days", "last_28_days"], {
  error: "Select when it was booked.",
});

/**
 * Filters of the ledger, kept in the page's address. `q` finds words, or their beginnings, in name,
 * tags, appointment type or form, location, practitioner, practice, reference and address, whatever their
 * accents, apostrophes and case. It also finds a link by its ID and by its whole address.
 */
export const linkFilters = z.object({
  practiceId: rowId.optional(),
  kind: linkKind.optional(),
  audience: z
    .enum(["patient_invite", "generic"], { error: "Select patient invites or generic links." })
    .optional(),
  state: linkState.optional(),
  tag: tag.optional(),
  ownerId: rowId.optional(),
  bulkUploadId: rowId.optional(),
  /** Whether it was used at least once. */
  isUsed: z.enum(["yes", "no"], { error: "Select used or unused links." }).optional(),
  bookedSince: bookedSince.optional(),
  q: textWithoutNhsNumber("search words", maxSearchCharacters),
});
export type LinkFilters = z.infer<typeof linkFilters>;

export const listLinksInput = linkFilters.extend({
  sort: linkSort.optional(),
  cursor: linkCursor.optional(),
  limit: pageSize(25),
});
export type ListLinksInput = LinkFilters & { sort?: LinkSort; cursor?: string; limit?: number };

export const linkPage = z.object({
  items: z.array(linkView),
  nextCursor: z.string().nullable(),
});
export type LinkPage = z.infer<typeof linkPage>;

/** `hasMore`: there are more links than `count`. */
export const linkCount = z.object({ count: z.number(), hasMore: z.boolean() });
export type LinkCount = z.infer<typeof linkCount>;

/** The most links that can be selected and changed together. */
export const maxSelectedLinks = 1_000;

/** Links to change together: what the actions on a selection need. */
export const linkSelection = z.object({
  items: z.array(
    linkView
      .pick({ id: true, kind: true, state: true, tags: true, expiresOn: true })
      .extend({ practiceName: z.string() }),
  ),
  hasMore: z.boolean(),
});
export type LinkSelection = z.infer<typeof linkSelection>;

/** The choices in the filters: people who created links, and tags in use. */
export const linkFilterOptions = z.object({
  owners: z.array(namedReference),
  tags: z.array(z.string()),
});
export type LinkFilterOptions = z.infer<typeof linkFilterOptions>;

/** A person's saved filters; `query` is the part of the address after `?`. */
export const savedLinkView = z.object({ id: z.string(), name: z.string(), query: z.string() });
export type SavedLinkView = z.infer<typeof savedLinkView>;

export const saveLinkViewInput = z.object({
  name: textLine("a name", 40),
  query: z
    .string({ error: "Invalid view." })
    .max(500, { error: "Use 500 characters or fewer." })
    .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), { error: "Invalid view." })
    .refine((text) => !containsNhsNumber(decodeQuery(text)), { error: nhsNumberMessage }),
});
export type SaveLinkViewInput = z.infer<typeof saveLinkViewInput>;

export const savedLinkViewIdInput = z.object({ viewId: rowId });
export type SavedLinkViewIdInput = z.infer<typeof savedLinkViewIdInput>;

function decodeQuery(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
