import type { LinkKind } from "@/server/schemas/links/fields";
import type { PracticeLists } from "./name-lookup";
import type { ColumnMapping } from "./fields";

/** `patients`: each row is one patient's own link. `anyone`: each row is a link for whoever has it. */
export type Audience = "patients" | "anyone";

/** What holds for a row whose own cell is empty. Empty text and null mean that each row must say it. */
export type RowDefaults = {
  practiceId: string;
  appointmentTypeId: string;
  locationId: string;
  practitionerId: string;
  formId: string;
  slotsFrom: string;
  slotsTo: string;
  expiresOn: string;
  maxUses: number | null;
  name: string;
};

/** How a file's rows become links. */
export type UploadSettings = {
  kind: LinkKind;
  audience: Audience;
  columns: ColumnMapping;
  defaults: RowDefaults;
  practices: readonly PracticeLists[];
  /** The day it is in the United Kingdom. */
  today: string;
  /** Makes a second link for a patient whom an earlier row already gives the same. */
  allowsDuplicates: boolean;
};
