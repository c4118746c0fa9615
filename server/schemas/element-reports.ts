import { type ElementErrorCode, elementErrorMessages } from "./element-errors";
import { rowId } from "./text";
import { z } from "./zod";

const codes = Object.keys(elementErrorMessages) as [ElementErrorCode, ...ElementErrorCode[]];

/** Holds nothing about the page, the patient or the session. */
export const elementReport = z.strictObject({ placement: rowId, code: z.enum(codes) });
export type ElementReport = z.infer<typeof elementReport>;

/** Counts by code for each of the last UK days, oldest first, including days without reports. */
export const elementReportDays = z.array(
  z.object({ day: z.string(), counts: z.partialRecord(z.enum(codes), z.number()) }),
);
export type ElementReportDays = z.infer<typeof elementReportDays>;
