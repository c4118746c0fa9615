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
  "slotsFrom",
  "slotsTo",
  "expiresOn",
  "maxUses",
] as const;
export type FieldName = (typeof fieldNames)[number];

/** Column index by field, from 0. */
export type ColumnMapping = Partial<Record<FieldName, number>>;

export const patientFields: readonly FieldName[] = [
  "nhsNumber",
  "dateOfBirth",
  "forename",
  "surname",
  "postcode",
  "patientId",
];
export const bookingFields: readonly FieldName[] = [
  "appointmentType",
  "location",
  "practitioner",
  "slotsFrom",
  "slotsTo",
];

export const fieldLabels: Record<FieldName, string> = {
  reference: "Your reference",
  nhsNumber: "NHS number",
  dateOfBirth: "Date of birth",
  forename: "First name",
  surname: "Last name",
  postcode: "Postcode",
  patientId: "Hero patient ID",
  practice: "Practice",
  appointmentType: "Appointment type",
  location: "Location",
  practitioner: "Practitioner",
  form: "Form",
  name: "Link name",
  slotsFrom: "First date",
  slotsTo: "Last date",
  expiresOn: "Expires",
  maxUses: "Uses",
};

/** Normalised to lower-case letters and digits. */
const headingSynonyms: Record<FieldName, readonly string[]> = {
  reference: ["reference", "yourreference", "ref", "ourreference", "externalid", "recordid", "id"],
  nhsNumber: ["nhsnumber", "nhsno", "nhsnum", "nhs"],
  dateOfBirth: ["dateofbirth", "dob", "birthdate", "born", "bornon", "birthday"],
  forename: ["firstname", "forename", "givenname", "first", "christianname"],
  surname: ["lastname", "surname", "familyname", "last"],
  postcode: ["postcode", "postalcode", "zip"],
  patientId: ["heropatientid", "patientid", "heroid"],
  practice: [
    "practice",
    "practicename",
    "practicegroupid",
    "practicegroup",
    "practiceid",
    "surgery",
    "gppractice",
  ],
  appointmentType: ["appointmenttype", "appointmenttypeid", "appointment", "type"],
  location: ["location", "locationid", "site", "branch"],
  practitioner: ["practitioner", "practitionerid", "clinician", "doctor"],
  form: ["form", "formid", "formname", "questionnaire"],
  name: ["name", "linkname", "nameofthelink", "label"],
  slotsFrom: ["firstdate", "firstday", "from", "slotsfrom", "startdate", "fromdate"],
  slotsTo: ["lastdate", "lastday", "to", "slotsto", "enddate", "todate"],
  expiresOn: ["expires", "expiry", "expireson", "expirydate", "validuntil"],
  maxUses: ["uses", "maximumuses", "maxuses", "bookings", "usagelimit"],
};

const normalizeHeading = (heading: string) =>
  heading
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");

export function guessColumns(headings: readonly string[]): ColumnMapping {
  const normalizedHeadings = headings.map(normalizeHeading);
  const columns: ColumnMapping = {};
  for (const field of fieldNames) {
    const index = headingSynonyms[field]
      .map((synonym) => normalizedHeadings.indexOf(synonym))
      .find((position) => position >= 0);
    if (index !== undefined) columns[field] = index;
  }
  return columns;
}

/**
 * The columns of an earlier file whose headings are all in this one; null if there is none.
 *
 * @param savedColumns heading by field, newest first
 */
export function findSavedColumns(
  headings: readonly string[],
  savedColumns: readonly Record<string, string>[],
): ColumnMapping | null {
  for (const saved of savedColumns) {
    const savedIndexes = fieldNames.flatMap((field) => {
      const heading = saved[field];
      return heading === undefined ? [] : [{ field, index: headings.indexOf(heading) }];
    });
    if (savedIndexes.length > 0 && savedIndexes.every(({ index }) => index >= 0)) {
      return Object.fromEntries(savedIndexes.map(({ field, index }) => [field, index]));
    }
  }
  return null;
}

/** The form in which the portal stores a mapping. */
export function toHeadingsByField(
  columns: ColumnMapping,
  headings: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    fieldNames.flatMap((field) => {
      const index = columns[field];
      const heading = index === undefined ? undefined : headings[index];
      return heading === undefined ? [] : [[field, heading]];
    }),
  );
}
