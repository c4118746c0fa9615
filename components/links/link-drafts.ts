import {
  type CreateBookingLinkInput,
  type CreateFormLinkInput,
  createBookingLinkInput,
  createFormLinkInput,
  tags,
} from "@/server/schemas/links";
import { heroId } from "@/server/schemas/text";
import { z } from "@/server/schemas/zod";

type Draft<Input> = Omit<Input, "tags"> & { tags: string };

/** What the two forms hold: as the shared schemas take it, with the tags in one box. */
export type BookingDraft = Draft<z.input<typeof createBookingLinkInput>>;
export type FormDraft = Draft<z.input<typeof createFormLinkInput>>;

/** Tags as they are typed: "flu, winter letters". A fault in any of them stands beside the one box. */
const typedTags = z.string().transform((text, ctx) => {
  const list = text.split(",").flatMap((each) => (each.trim() ? [each.trim()] : []));
  const read = tags.safeParse(list);
  if (read.success) return read.data.length > 0 ? read.data : undefined;
  ctx.addIssue({ code: "custom", message: read.error.issues[0]?.message ?? "Check the tags." });
  return z.NEVER;
});

// Extending may only narrow what a field takes, and a text is no list of tags; what comes out of it is
// the same list, so that the schemas below are what they are declared as.
const asTags = typedTags as unknown as typeof createBookingLinkInput.shape.tags;
const patientId = heroId("Choose the patient first.");

type BookingSchema = z.ZodType<CreateBookingLinkInput, BookingDraft>;
type FormSchema = z.ZodType<CreateFormLinkInput, FormDraft>;

const generic = createBookingLinkInput.safeExtend({ tags: asTags });
const form = createFormLinkInput.safeExtend({ tags: asTags });

export const bookingDrafts = {
  invite: generic.safeExtend({ patientId }) as unknown as BookingSchema,
  generic: generic as unknown as BookingSchema,
};

export const formDrafts = {
  one: form.safeExtend({ patientId }) as unknown as FormSchema,
  anyone: form as unknown as FormSchema,
};
