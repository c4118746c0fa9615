import { localDate, optionalLocalDate } from "../date-fields";
import { ukDateOf } from "../dates";
import { containsNhsNumber } from "../nhs-number";
import { optionalTextLine, textLine } from "../text";
import { z } from "../zod";
import {
  findDateErrors,
  type LinkDateField,
  linkDateFields,
  type LinkDates,
  type LinkTextField,
  maxLinkUses,
  maxNameCharacters,
  maxReferenceCharacters,
  maxTagCharacters,
  maxTags,
  maxUsesMessage,
  missingExpiryMessage,
  nhsNumberMessage,
  parseMaxUses,
} from "./rules";

export const linkKind = z.enum(["booking", "form", "video"], {
  error: "Select booking, form or video link.",
});
export type LinkKind = z.infer<typeof linkKind>;

// Forms send text. Coercion would also accept `true`, `[3]` and "0x10".
export const maxUses = z.preprocess(
  (value) => (typeof value === "string" ? parseMaxUses(value) : value),
  z
    .number({ error: maxUsesMessage })
    .int({ error: maxUsesMessage })
    .min(1, { error: maxUsesMessage })
    .max(maxLinkUses, { error: maxUsesMessage }),
);

/** A partner's own text, which lists and addresses show: never an NHS number. */
export const textWithoutNhsNumber = (label: string, maxCharacters: number) =>
  optionalTextLine(label, maxCharacters).refine((text) => !text || !containsNhsNumber(text), {
    error: nhsNumberMessage,
  });

/** Kept as typed, found in upper or lower case. */
export const tag = textLine("a tag", maxTagCharacters)
  .refine((text) => !/[,#]/.test(text), { error: "A tag cannot contain a comma or #." })
  .refine((text) => !containsNhsNumber(text), { error: nhsNumberMessage });

export const tags = z
  .array(tag, { error: "Enter tags as a list of words." })
  .max(maxTags, { error: `A link can have up to ${maxTags} tags.` })
  .transform((list) => [...new Map(list.map((text) => [text.toLowerCase(), text])).values()]);

export const linkTexts = {
  name: textWithoutNhsNumber("a name", maxNameCharacters),
  reference: textWithoutNhsNumber("a reference", maxReferenceCharacters),
  tags: tags.optional(),
} satisfies Record<LinkTextField, z.ZodType>;

export const expiresOn = localDate("expiry date", missingExpiryMessage);

/** What can be changed after a link is created. */
export const linkLimits = {
  slotsFrom: optionalLocalDate("first date"),
  slotsTo: optionalLocalDate("last date"),
  expiresOn,
  maxUses,
};

/** Reports dates that no patient could book on, each beside its field. */
export function checkDates(value: LinkDates, ctx: z.core.$RefinementCtx<LinkDates>): void {
  for (const { field, message } of findDateErrors(value, ukDateOf(new Date()))) {
    ctx.addIssue({ code: "custom", path: [field], message });
  }
}

// Valid dates are compared even while another field is empty, so that a form can report them early.
export const areDatesParsed = ({ value, issues }: z.core.ParsePayload) =>
  typeof value === "object" &&
  value !== null &&
  !issues.some(({ path }) => linkDateFields.includes(path?.[0] as LinkDateField));
