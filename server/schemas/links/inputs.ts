import { formId, heroId, optionalHeroId, rowId } from "../text";
import { z } from "../zod";
import {
  areDatesParsed,
  checkDates,
  expiresOn,
  linkLimits,
  linkTexts,
  maxUses,
  tags,
} from "./fields";

/**
 * A booking link to create: a patient invite with `patientId`, a generic link without
 * (assumption 16a).
 * The browser chooses `operationId` when the form opens: one id never creates two links.
 */
export const createBookingLinkInput = z
  .object({
    operationId: rowId,
    practiceId: rowId,
    appointmentTypeId: heroId("Select an appointment type."),
    locationId: heroId("Select a location."),
    practitionerId: optionalHeroId("Select a practitioner from the list."),
    patientId: optionalHeroId("A Hero patient ID contains only digits."),
    ...linkTexts,
    ...linkLimits,
  })
  .superRefine(checkDates, { when: areDatesParsed });
export type CreateBookingLinkInput = z.infer<typeof createBookingLinkInput>;

/**
 * A form link to create, for a patient or, where Hero allows it, for anyone. Hero documents only that
 * the operation exists (assumption 17), so there are no dates to choose from.
 */
export const createFormLinkInput = z
  .object({
    operationId: rowId,
    practiceId: rowId,
    formId: formId("Select a form."),
    patientId: optionalHeroId("A Hero patient ID contains only digits."),
    ...linkTexts,
    expiresOn,
    maxUses,
  })
  .superRefine(checkDates, { when: areDatesParsed });
export type CreateFormLinkInput = z.infer<typeof createFormLinkInput>;

/**
 * A video link to create, always for one patient. Hero documents no limit on its uses (assumption 18).
 */
export const createVideoLinkInput = z
  .object({
    operationId: rowId,
    practiceId: rowId,
    patientId: heroId("Select the patient first."),
    ...linkTexts,
    expiresOn,
  })
  .superRefine(checkDates, { when: areDatesParsed });
export type CreateVideoLinkInput = z.infer<typeof createVideoLinkInput>;

export const updateLinkInput = z
  .object({ linkId: rowId, name: linkTexts.name, ...linkLimits })
  .superRefine(checkDates, { when: areDatesParsed });
export type UpdateLinkInput = z.infer<typeof updateLinkInput>;

/**
 * Changes to several links, each with its own values, so that an undo is the same call with the
 * previous ones. A field left out is unchanged. `isClosed: false` reopens a link, with its last expiry
 * date or the one sent.
 */
export const updateLinksInput = z.object({
  changes: z
    .array(
      z.object(
        {
          linkId: rowId,
          expiresOn: expiresOn.optional(),
          isClosed: z.boolean().optional(),
          tags: tags.optional(),
        },
        { error: "Enter a link and its changes." },
      ),
      { error: "Select the links to change." },
    )
    .min(1, { error: "Select at least one link." })
    .max(25, { error: "You can change up to 25 links at once." }),
});
export type UpdateLinksInput = z.infer<typeof updateLinksInput>;

/**
 * Resolves a link that Hero never confirmed: a person checked the practice's own list. With `url` the
 * link exists at that address; without, it was not created.
 */
export const resolveLinkInput = z.object({
  linkId: rowId,
  url: z.preprocess(
    (value) => (value === "" || value === null ? undefined : value),
    z
      .string({ error: "Enter the full address of the link." })
      .trim()
      .max(2000, { error: "This address is too long." })
      .regex(/^https?:\/\/[!-?A-~]+$/, { error: "Enter the full address of the link." })
      .optional(),
  ),
});
export type ResolveLinkInput = z.infer<typeof resolveLinkInput>;

export const linkIdInput = z.object({ linkId: rowId });
export type LinkIdInput = z.infer<typeof linkIdInput>;

export const findLinkByOperationInput = z.object({ operationId: rowId });
export type FindLinkByOperationInput = z.infer<typeof findLinkByOperationInput>;
