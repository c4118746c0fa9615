import { rowId } from "./text";
import { z } from "./zod";

export const replayDeliveryInput = z.object({ deliveryId: rowId });
export type ReplayDeliveryInput = z.infer<typeof replayDeliveryInput>;

/** Deliveries that arrived at or after a time (ISO 8601, with its offset), of one practice or of all. */
export const replayDeliveriesInput = z.object({
  practiceId: rowId.optional(),
  since: z
    .string({ error: "Enter a date and time." })
    .max(40, { error: "Enter a date and time." })
    .refine((text) => /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) && Date.parse(text) > 0, {
      error: "Enter a date and time.",
    }),
});
export type ReplayDeliveriesInput = z.infer<typeof replayDeliveriesInput>;
