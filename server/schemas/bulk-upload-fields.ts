/** What the columns of a file can be used for. Apart from the schemas, so that the browser needs no zod. */
export const fieldNames = [
  "reference",
  "nhsNumber",
  "dateOfBirth",
  "forename",
  "surname",
  "postcode",
  "patientId",
  "practice",
  "appointmentType",
  "location",
  "practitioner",
  "form",
  "name",
  "tags",
  "slotsFrom",
  "slotsTo",
  "expiresOn",
  "maxUses",
] as const;
export type FieldName = (typeof fieldNames)[number];
