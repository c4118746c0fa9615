import { isSafeHeading } from "@/server/schemas/bulk-upload-headings";
import { type FieldName, fieldNames } from "@/server/schemas/bulk-upload-fields";

export { type FieldName, fieldNames };

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
  tags: "Tags",
  slotsFrom: "First date",
  slotsTo: "Last date",
  expiresOn: "Expiry date",
  maxUses: "Uses",
};

/** Normalised to lower-case letters and digits. */
const headingSynonyms: Record<FieldName, readonly string[]> = {
  reference: ["reference", "yourreference", "ref", "ourreference", "externalid"],
  nhsNumber: ["nhsnumber", "nhsno", "nhsnum", "nhs"],
  dateOfBirth: ["dateofbirth", "dob", "birthdate", "born", "bornon", "birthday"],
  forename: ["firstname", "forename", "givenname", "first", "christianname"],
  surname: ["lastname", "surname", "familyname", "last"],
  postcode: ["postcode", "postalcode", "zip"],
  patientId: ["heropatientid", "heropatientnumber", "heroid"],
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
  name: ["linkname", "nameofthelink", "label"],
  tags: ["tags", "tag", "linktags", "linktag", "labels"],
  slotsFrom: ["firstdate", "firstday", "from", "slotsfrom", "startdate", "fromdate"],
  slotsTo: ["lastdate", "lastday", "to", "slotsto", "enddate", "todate"],
  expiresOn: ["expires", "expiry", "expireson", "expirydate", "validuntil"],
  maxUses: ["uses", "maximumuses", "maxuses", "bookings", "usagelimit"],
};

/**
 * Headings that mean different things in different systems: a practice system's own number, an NHS number,
 * a patient's name or a link's. Only the person with the file knows, so we ask.
 */
const ambiguousHeadings: ReadonlySet<string> = new Set(
  `id ids identifier number no num name fullname patient pt person client record patientname ptname patientfullname
  personname clientname customername mrn gmsnumber chi hcn pid uid uuid guid code key`
    .split(/\s+/)
    .filter(Boolean),
);

/** A number that a system or organisation gives its patients: "EMIS No", "Pt ID", "Local patient identifier". */
const systemIdentifier = new RegExp(
  `^(?:${[
    "patients?|pts?|pat|persons?|clients?|customers?|members?|serviceusers?|users?|cases?|(?:medical|health)?records?",
    "emis|web|systmone|systemone|s1|tpp|vision|inps|microtest|medicus|cerner|epic|pas|epr|pmi|mrn|gms|chi|hcn?|spine|pds",
    "local|hospital|unit|trust|district|gp|clinical|clinic|practicepatient|system|unique|internal|source",
  ].join(
    "|",
  )})+(?:ref|reference|id)?(?:ids?|nos?|nr|num|numbers?|ref|references?|identifiers?|codes?|keys?|uid|uuid|guid)$`,
);

// In brackets, as in "Date of birth (dd/mm/yyyy)". Anything else there changes what the heading means.
const formatNote = /^(?:[dmy/.\- ]+|required|optional|mandatory|text|u[ks]|e?s|\d+ digits?)$/i;

const normalizeHeading = (heading: string) =>
  heading
    .replace(/\(([^)]*)\)|\[([^\]]*)\]/g, (note: string, round?: string, square?: string) =>
      formatNote.test((round ?? square ?? "").trim()) ? "" : note,
    )
    .normalize("NFKD")
    .toLowerCase()
    .replace(/['’]s\b/g, "")
    .replace(/[^a-z0-9]/g, "");

const fieldByHeading: ReadonlyMap<string, FieldName> = new Map(
  fieldNames.flatMap((field) => headingSynonyms[field].map((synonym) => [synonym, field] as const)),
);

const withoutBrackets = (heading: string) => heading.replace(/\([^)]*\)|\[[^\]]*\]/g, "");

/** Except for what is a known heading in itself, such as "practice ID". */
const isSystemIdentifier = (name: string) =>
  ambiguousHeadings.has(name) || (systemIdentifier.test(name) && !fieldByHeading.has(name));

/** "NHS number (mother)" may be another person's, and "ID (NHS)" may be any number. */
function isAmbiguousHeading(heading: string): boolean {
  const name = normalizeHeading(heading);
  const start = normalizeHeading(withoutBrackets(heading));
  return (
    isSystemIdentifier(name) ||
    isSystemIdentifier(start) ||
    (name !== start && findField(name) === undefined && findField(start) !== undefined)
  );
}

/** "Patient NHS number" is recognised as "NHS number". */
const findField = (name: string): FieldName | undefined =>
  fieldByHeading.get(name) ?? fieldByHeading.get(name.replace(/^patients?/, ""));

const guessField = (heading: string): FieldName | undefined =>
  isAmbiguousHeading(heading) ? undefined : findField(normalizeHeading(heading));

/** Columns that only the person can decide on: an ambiguous heading, or several for one use. */
export function listUndecidedColumns(headings: readonly string[]): string[] {
  const fields = headings.map(guessField);
  return headings.filter((heading, index) => {
    const field = fields[index];
    const isRepeated = field && fields.indexOf(field) !== fields.lastIndexOf(field);
    return isRepeated || isAmbiguousHeading(heading);
  });
}

export function guessColumns(headings: readonly string[]): ColumnMapping {
  const undecided = new Set(listUndecidedColumns(headings));
  const columns: ColumnMapping = {};
  for (const [index, heading] of headings.entries()) {
    const field = guessField(heading);
    if (field && !undecided.has(heading)) columns[field] = index;
  }
  return columns;
}

/**
 * The columns of an earlier file whose headings are all in this one; null if there is none. What an
 * ambiguous heading meant in one file says nothing about the next.
 *
 * @param savedColumns heading by field, newest first
 */
export function findSavedColumns(
  headings: readonly string[],
  savedColumns: readonly Record<string, string>[],
): ColumnMapping | null {
  const undecided = new Set(listUndecidedColumns(headings));
  for (const saved of savedColumns) {
    const savedIndexes = fieldNames.flatMap((field) => {
      const heading = saved[field];
      if (heading === undefined || isAmbiguousHeading(heading) || undecided.has(heading)) return [];
      return [{ field, index: headings.indexOf(heading) }];
    });
    if (savedIndexes.length > 0 && savedIndexes.every(({ index }) => index >= 0)) {
      return Object.fromEntries(savedIndexes.map(({ field, index }) => [field, index]));
    }
  }
  return null;
}

/** What the headings say, with what an earlier file adds. Each column has one field at most. */
export function recogniseColumns(
  headings: readonly string[],
  savedColumns: readonly Record<string, string>[],
): ColumnMapping {
  const saved = findSavedColumns(headings, savedColumns) ?? {};
  const usedColumns = new Set(Object.values(saved));
  const guessed = Object.entries(guessColumns(headings)).filter(
    ([, index]) => !usedColumns.has(index),
  );
  return { ...Object.fromEntries(guessed), ...saved };
}

/**
 * The form in which the portal keeps a mapping. A heading that may hold a patient's details, or that the
 * person is asked about each time, is not kept.
 */
export function toHeadingsByField(
  columns: ColumnMapping,
  headings: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    fieldNames.flatMap((field) => {
      const index = columns[field];
      const heading = index === undefined ? undefined : headings[index];
      const isKept = heading && isSafeHeading(heading) && !isAmbiguousHeading(heading);
      return isKept ? [[field, heading]] : [];
    }),
  );
}
