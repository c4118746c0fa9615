import type { BulkUploadKind } from "@/server/schemas/bulk-uploads";
import type { PracticeLists } from "./name-lookup";
import type { ColumnMapping } from "./fields";

/** `patients`: each row is a link for one patient. `anyone`: each row is a link without a patient. */
export type Audience = "patients" | "anyone";

/** Used for empty cells. Empty or null means that each row needs its own value. */
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

export type UploadSettings = {
  kind: BulkUploadKind;
  audience: Audience;
  columns: ColumnMapping;
  defaults: RowDefaults;
  practices: readonly PracticeLists[];
  /** The date in the United Kingdom. */
  today: string;
  /** Allows several links for the same patient and subject. */
  allowsDuplicates: boolean;
};
