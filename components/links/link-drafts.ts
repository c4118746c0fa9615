import { tags } from "@/server/schemas/links/fields";
import {
  type CreateBookingLinkInput,
  type CreateFormLinkInput,
  createBookingLinkInput,
  createFormLinkInput,
} from "@/server/schemas/links/inputs";
import { heroId } from "@/server/schemas/text";
import { z } from "@/server/schemas/zod";

type WithTagsText<Input> = Omit<Input, "tags"> & { tags: string };

/** What the two forms hold: as the shared schemas take it, with the tags in one box. */
export type BookingLinkFormValues = WithTagsText<z.input<typeof createBookingLinkInput>>;
export type FormLinkFormValues = WithTagsText<z.input<typeof createFormLinkInput>>;

/** Tags as they are typed: "flu, winter letters". A fault in any of them stands beside the one box. */
const tagsFromText = z.string().transform((text, ctx) => {
  const tagList = text.split(",").flatMap((tag) => (tag.trim() ? [tag.trim()] : []));
  const parsed = tags.safeParse(tagList);
  if (parsed.success) return parsed.data.length > 0 ? parsed.data : undefined;
  ctx.addIssue({ code: "custom", message: parsed.error.issues[0]?.message ?? "Check the tags." });
  return z.NEVER;
});

// Extending may only narrow what a field takes, and a text is no list of tags; what comes out of it is
// the same list, so that the schemas below are what they are declared as.
const tagsField = tagsFromText as unknown as typeof createBookingLinkInput.shape.tags;
const patientId = heroId("Choose the patient first.");

type BookingLinkSchema = z.ZodType<CreateBookingLinkInput, BookingLinkFormValues>;
type FormLinkSchema = z.ZodType<CreateFormLinkInput, FormLinkFormValues>;

const genericSchema = createBookingLinkInput.safeExtend({ tags: tagsField });
const formSchema = createFormLinkInput.safeExtend({ tags: tagsField });

export const bookingLinkSchemas = {
  invite: genericSchema.safeExtend({ patientId }) as unknown as BookingLinkSchema,
  generic: genericSchema as unknown as BookingLinkSchema,
};

export const formLinkSchemas = {
  patient: formSchema.safeExtend({ patientId }) as unknown as FormLinkSchema,
  anyone: formSchema as unknown as FormLinkSchema,
};
