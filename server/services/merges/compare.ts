import "server-only";
import { keyedFingerprint } from "../../crypto/keyed-fingerprint";
import type { SealingKey } from "../../crypto/secret-box";
import type { HeroMergePreview } from "../../hero/patient-merge";
import type { HeroPatient } from "../../hero/patients";
import { formatLocalDate } from "../../schemas/dates";
import type { MergeComparison, MergeRefusalCode, MergeRow } from "../../schemas/merges";
import { formatNhsNumber } from "../../schemas/nhs-number";
import { decideAction, toDateOfBirth, toNhsNumber } from "../patients/check";

export type MergeRefusal = { readonly code: MergeRefusalCode; readonly reason: string };

// One text for every such pair, which does not say what was noticed.
const askThePractice: MergeRefusal = {
  code: "ask_the_practice",
  reason:
    "These two records cannot be merged in the portal. Ask the practice, which can see both records in full.",
};

const possibleConfusion: MergeRefusal = {
  code: "possible_confusion",
  reason:
    "Possible confusion: the two records do not have the same name and date of birth. Two people's details may be mixed up in one of them. Ask the practice to check both records.",
};

const differentNhsNumbers: MergeRefusal = {
  code: "different_nhs_numbers",
  reason:
    "The two records have different NHS numbers, so they belong to two people, or one person was given two numbers. Only the NHS national back office can decide that. Ask the practice to report it to them.",
};

/**
 * Why two records of Hero must not be merged, or null. What may touch a person's history is decided first,
 * so that no other reason reveals it.
 */
export function findMergeRefusal(patient: HeroPatient, other: HeroPatient): MergeRefusal | null {
  for (const record of [patient, other]) {
    const decision = decideAction(record, "merge");
    if (decision.outcome !== "allowed") {
      return { code: "patient_refused", reason: refusalOf(decision.reason, record === other) };
    }
  }
  if (mayHaveChangedIdentity(patient, other)) return askThePractice;
  if (haveDifferentNumbers(patient, other)) return differentNhsNumbers;
  const dateOfBirth = toDateOfBirth(patient);
  const isSamePerson =
    dateOfBirth !== null && dateOfBirth === toDateOfBirth(other) && hasSameName(patient, other);
  return isSamePerson ? null : possibleConfusion;
}

export const refusalOf = (reason: string, isOther: boolean) =>
  isOther ? `About the other record: ${reason}` : reason;

/**
 * Records that differ in the recorded sex, or two numbers for someone with one first name, one date of birth
 * and two last names, as after an adoption.
 */
function mayHaveChangedIdentity(patient: HeroPatient, other: HeroPatient): boolean {
  if ((patient.sex_changed_at ?? null) !== (other.sex_changed_at ?? null)) return true;
  const [sex, otherSex] = [toLetters(patient.sex), toLetters(other.sex)];
  if (sex && otherSex && sex !== otherSex) return true;
  return (
    haveDifferentNumbers(patient, other) &&
    toDateOfBirth(patient) === toDateOfBirth(other) &&
    toLetters(patient.first_name) === toLetters(other.first_name) &&
    toLetters(patient.last_name) !== toLetters(other.last_name)
  );
}

const identifierNames: Record<string, string> = { nhs_number: "NHS number", hero_id: "Hero ID" };

/** Hero documents neither the sources nor the types: one that we do not know is shown as it is. */
const nameOfIdentifier = (source: string | null | undefined, type: string | null | undefined) =>
  type && Object.hasOwn(identifierNames, type)
    ? identifierNames[type]
    : [source, type].filter(Boolean).join(" ");

/** Practices outside the NHS have the NHS number among the other identifiers only. */
function nhsNumbersOf(record: HeroPatient): string[] {
  const others = (record.identifiers ?? []).flatMap(({ type, value }) =>
    type === "nhs_number" && value ? [value.replace(/\D/g, "")] : [],
  );
  return [toNhsNumber(record) ?? "", ...others].filter(Boolean);
}

/** Whether any two of their NHS numbers differ. */
const haveDifferentNumbers = (patient: HeroPatient, other: HeroPatient): boolean =>
  nhsNumbersOf(patient).some((number) => nhsNumbersOf(other).some((each) => each !== number));

/** In letters only, without accents and spaces. */
const toLetters = (text: string | null | undefined) =>
  (text ?? "")
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

function hasSameName(patient: HeroPatient, other: HeroPatient): boolean {
  const names = (record: HeroPatient) => [
    toLetters(record.first_name),
    toLetters(record.last_name),
  ];
  const [own, others] = [names(patient), names(other)];
  return own.every((name, index) => name !== "" && name === others[index]);
}

type MergeRecord = HeroMergePreview["patient"];

type ShownField = { label: string; read: (record: MergeRecord) => string | string[] | null };

const clean = (text: string | null | undefined) => text?.trim() || null;

function formatDateOfBirth(record: MergeRecord): string | null {
  const date = toDateOfBirth(record);
  return date && formatLocalDate(date, "long");
}

function formatNumber(record: MergeRecord): string | null {
  const number = toNhsNumber(record);
  return number && formatNhsNumber(number);
}

/** What a person compares. Credentials are counted, never shown. */
const shownFields: readonly ShownField[] = [
  { label: "Title", read: ({ title }) => clean(title) },
  { label: "First name", read: (record) => clean(record.first_name) },
  { label: "Last name", read: (record) => clean(record.last_name) },
  { label: "Date of birth", read: formatDateOfBirth },
  { label: "NHS number", read: formatNumber },
  { label: "Sex", read: ({ sex }) => clean(sex) },
  { label: "Mobile", read: ({ mobile }) => clean(mobile) },
  { label: "Email", read: ({ email }) => clean(email) },
  { label: "All email addresses", read: ({ emails }) => emails ?? [] },
  { label: "Address line 1", read: (record) => clean(record.address_line_1) },
  { label: "Address line 2", read: (record) => clean(record.address_line_2) },
  { label: "Address line 3", read: (record) => clean(record.address_line_3) },
  { label: "Town", read: ({ town }) => clean(town) },
  { label: "County", read: ({ county }) => clean(county) },
  { label: "Postcode", read: ({ postcode }) => clean(postcode) },
  { label: "Country", read: ({ country }) => clean(country) },
  { label: "Practice code", read: (record) => clean(record.ods_code) },
  { label: "EMIS ID", read: (record) => clean(record.emis_id) },
  { label: "Clinical record", read: (record) => clean(record.ehr_partner_id) },
  {
    label: "Other identifiers",
    read: ({ identifiers }) =>
      (identifiers ?? []).map(({ source, type, value }) =>
        [nameOfIdentifier(source, type), value].filter(Boolean).join(" "),
      ),
  },
  { label: "Notes", read: ({ notes }) => clean(notes) },
  {
    label: "Sign-in credentials",
    read: ({ verification_credentials: credentials }) =>
      credentials?.length ? `${credentials.length}` : null,
  },
];

const asList = (value: string | string[] | null): string[] =>
  value === null ? [] : Array.isArray(value) ? value : [value];

const asText = (value: string | string[] | null): string | null => asList(value).join(", ") || null;

/** The three records as rows, those that change first, and each value that the result does not have. */
export function compareRecords(
  { patient, other, result }: HeroMergePreview,
  previewFingerprint: string,
): MergeComparison {
  const lost: MergeComparison["lost"] = [];
  const rows = shownFields.flatMap(({ label, read }): MergeRow[] => {
    const kept = asList(read(result));
    for (const from of ["patient", "other"] as const) {
      const values = asList(read(from === "patient" ? patient : other));
      for (const value of values) if (!kept.includes(value)) lost.push({ label, value, from });
    }
    const texts = {
      patient: asText(read(patient)),
      other: asText(read(other)),
      result: asText(read(result)),
    };
    const isChanged = texts.patient !== texts.result || texts.other !== texts.result;
    return isChanged || texts.result ? [{ label, ...texts, isChanged }] : [];
  });
  return {
    rows: rows.toSorted((a, b) => Number(b.isChanged) - Number(a.isChanged)),
    lost,
    survivorPatientId: result.id,
    hasSameNhsNumber: nhsNumbersOf(patient).length > 0 && nhsNumbersOf(other).length > 0,
    previewFingerprint,
  };
}

/**
 * A keyed hash of both records and the result. When Hero last read the clinical system is left out: it
 * changes while the record stays the same.
 */
export function fingerprintPreview(
  key: SealingKey,
  { patient, other, result }: HeroMergePreview,
): string {
  const contentOf = ({ last_sync_at: _lastSyncAt, ...content }: MergeRecord) => sortFields(content);
  return keyedFingerprint(key, "merge preview", [patient, other, result].map(contentOf));
}

/** Hero may send a record's fields in any order. */
const sortFields = (content: object) =>
  Object.entries(content).toSorted(([a], [b]) => (a < b ? -1 : 1));
