import "server-only";
import { keyedFingerprint } from "../../crypto/keyed-fingerprint";
import type { SealingKey } from "../../crypto/secret-box";
import type { HeroEhrCandidate } from "../../hero/patient-ehr";
import type { HeroPatient } from "../../hero/patients";
import {
  type Agreement,
  type ComparedField,
  comparedFields,
  type ComparedRecord,
  type EhrCandidateView,
} from "../../schemas/patient-ehr";
import type { DataKeys } from "../practices/stored-key";
import { toDateOfBirth, toNhsNumber } from "./check";

type Person = Pick<
  HeroEhrCandidate,
  "dob" | "title" | "first_name" | "last_name" | "sex" | "nhs_number" | "town" | "postcode"
>;

/** Upper and lower case, spaces and punctuation are no difference between two systems. Accents are. */
const simplify = (text: string | null | undefined) =>
  text
    ?.normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "") || null;

const identityOf = (person: Person): Record<ComparedField, string | null> => ({
  lastName: simplify(person.last_name),
  firstName: simplify(person.first_name),
  dateOfBirth: toDateOfBirth(person),
  sex: simplify(person.sex),
  nhsNumber: toNhsNumber(person),
  postcode: simplify(person.postcode),
});

function agreementOf(inHero: string | null, inRecord: string | null): Agreement {
  if (inHero === null) return inRecord === null ? "in_neither" : "only_in_record";
  if (inRecord === null) return "only_in_hero";
  return inHero === inRecord ? "same" : "different";
}

// Records often lack the others, and an absence that always interrupts is no longer read.
const requiredFields: readonly ComparedField[] = ["lastName", "firstName", "dateOfBirth"];

/** How Hero's record of a patient and a record of the clinical system agree, field by field. */
function compareRecords(patient: Person, candidate: Person) {
  const [inHero, inRecord] = [identityOf(patient), identityOf(candidate)];
  const comparison = comparedFields.map((field) => ({
    field,
    agreement: agreementOf(inHero[field], inRecord[field]),
  }));
  const differences = comparison
    .filter(
      ({ field, agreement }) =>
        agreement === "different" || (agreement !== "same" && requiredFields.includes(field)),
    )
    .map(({ field }) => field);
  return { comparison, differences };
}

/** Recognises a record of the clinical system by its ID there, or by what it says if it has none. */
const candidateKeyOf = (
  key: SealingKey,
  candidate: Pick<HeroEhrCandidate, "ehr_partner_id"> & Person,
): string =>
  candidate.ehr_partner_id
    ? recordIdKey(key, candidate.ehr_partner_id)
    : keyedFingerprint(key, "ehr-record", Object.values(identityOf(candidate)));

const recordIdKey = (key: SealingKey, ehrPartnerId: string): string =>
  keyedFingerprint(key, "ehr-record-id", ehrPartnerId);

/** Changes when either of the two records says something else about who the person is. */
const recordsKeyOf = (key: SealingKey, patient: HeroPatient, candidate: HeroEhrCandidate): string =>
  keyedFingerprint(key, "ehr-records", [
    Object.values(identityOf(patient)),
    Object.values(identityOf(candidate)),
    Boolean(candidate.deceased_at),
  ]);

/** Whether a `candidateKey` was written for this record, with any of the data keys. */
export const isKeyOfCandidate = (
  keys: DataKeys,
  candidate: Parameters<typeof candidateKeyOf>[1],
  candidateKey: string,
): boolean => keys.some((key) => candidateKeyOf(key, candidate) === candidateKey);

/** Whether a `recordsKey` was written for what these records say, with any of the data keys. */
export const isKeyOfRecords = (
  keys: DataKeys,
  patient: HeroPatient,
  candidate: HeroEhrCandidate,
  recordsKey: string,
): boolean => keys.some((key) => recordsKeyOf(key, patient, candidate) === recordsKey);

/** `isKeyOfCandidate` for an ID alone, such as the one in Hero's record of a patient. */
export const isKeyOfRecordId = (
  keys: DataKeys,
  ehrPartnerId: string,
  candidateKey: string,
): boolean => keys.some((key) => recordIdKey(key, ehrPartnerId) === candidateKey);

function toComparedRecord(
  person: Person,
  firstLine: string | null | undefined,
  isLocationHidden: boolean,
): ComparedRecord {
  const join = (parts: (string | null | undefined)[], separator: string) =>
    parts
      .map((part) => part?.trim())
      .filter(Boolean)
      .join(separator) || null;
  return {
    name: join([person.title, person.first_name, person.last_name], " "),
    dateOfBirth: toDateOfBirth(person),
    sex: person.sex?.trim() || null,
    nhsNumberEnding: toNhsNumber(person)?.slice(-4) ?? null,
    address: isLocationHidden ? null : join([firstLine, person.town, person.postcode], ", "),
    isLocationHidden,
  };
}

export const toPatientRecord = (patient: HeroPatient): ComparedRecord =>
  toComparedRecord(patient, patient.address_line_1, patient.restricted);

/** A candidate as a card, without decisions about it. */
export function toCandidateView(
  [key]: DataKeys,
  patient: HeroPatient,
  candidate: HeroEhrCandidate,
): Omit<EhrCandidateView, "nonMatch"> {
  const { hero_id, ehr_partner_id, restricted, deceased_at, line_1 } = candidate;
  const otherPatientId = hero_id && hero_id !== patient.id ? hero_id : null;
  // A record that does not say whether it is restricted is treated as one that is.
  const isLocationHidden = patient.restricted || restricted !== false;
  return {
    candidateKey: candidateKeyOf(key, candidate),
    recordsKey: recordsKeyOf(key, patient, candidate),
    record: toComparedRecord(candidate, line_1, isLocationHidden),
    ...compareRecords(patient, candidate),
    status: otherPatientId
      ? "other_patient"
      : deceased_at
        ? "deceased"
        : ehr_partner_id
          ? "can_be_connected"
          : "no_id",
    heroPatientId: otherPatientId,
  };
}
