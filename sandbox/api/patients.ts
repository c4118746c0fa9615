import type {
  GetPatientByIdResponse,
  ListPatientsResponse,
  Patient,
  RegisterPatientPdsResponse,
  RegisterPatientResponse,
} from "@/server/hero/generated";
import { z } from "zod";
import { findGeneratedPatient } from "../state/generated-patients";
import type { PatientRecord, Person, Practice } from "../state/model";
import { isNhsNumber } from "../state/nhs-number";
import { addPatient } from "../state/add-patient";
import {
  findPatientByNhsNumber,
  findPatientOfPractice,
  registerPerson,
  survivorOf,
} from "../state/patients";
import type { SandboxState } from "../state/sandbox-state";
import { dateOfBirthField } from "./fields";
import { defineOperation } from "./operation";
import { paginate } from "./pagination";
import { notFound, parseInput } from "./problem";

const nhsNumberField = z
  .string()
  .transform((text) => text.replaceAll(/\s/g, ""))
  .refine(isNhsNumber, "a valid NHS number");

const nhsNumberInput = z.object({ nhs_number: nhsNumberField, dob: dateOfBirthField });

const ownDetailsInput = z.object({
  nhs_number: nhsNumberField.optional(),
  dob: dateOfBirthField,
  title: z.string().nullish(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  sex: z.enum(["Not known", "Not specified", "Male", "Female", "Other"]).nullish(),
  email: z.email().optional(),
  mobile: z.string().optional(),
  address_line_1: z.string().optional(),
  postcode: z.string().optional(),
});

const demographicsInput = z.object({
  forename: z.string().trim().min(1),
  surname: z.string().trim().min(1),
  postcode: z.string().trim().min(1),
  dob: dateOfBirthField,
});

export const patientOperations = [
  // A message alone, when several people match or the search is queued, is not documented.
  defineOperation<RegisterPatientPdsResponse | { message: string }>({
    operationId: "registerPatientPds",
    method: "POST",
    path: "/v1/patients/register_pds",
    scope: null,
    handle: ({ sandbox, practice, body }) => {
      const person = tracePerson(sandbox, body);
      if (!person) throw notFound("Patient");
      const { deceasedOn, nhsNumber } = person;
      if (deceasedOn && !findPatientByNhsNumber(sandbox, practice, nhsNumber)) {
        throw notFound("Patient");
      }
      if (person.traceFailure) return { message: traceFailures[person.traceFailure] };
      if (person.needsLogin) {
        return {
          message: "PDS could not confirm who this is. Ask the patient to sign in, then try again.",
          login_url: `${sandbox.publicUrl}/verify/${practice.practiceGroupId}`,
        };
      }
      return { patient_id: registerPerson(sandbox, practice, person).id };
    },
  }),
  defineOperation<RegisterPatientResponse>({
    operationId: "registerPatient",
    method: "POST",
    path: "/v1/patients/register",
    scope: null,
    handle: ({ sandbox, practice, body }) => ({
      patient_id: registerFromDetails(sandbox, practice, parseInput(ownDetailsInput, body)).id,
    }),
  }),
  // That an id of a merged record gives another record, or an empty list, is not documented.
  defineOperation<GetPatientByIdResponse | ListPatientsResponse>({
    operationId: "getPatientById",
    method: "GET",
    path: "/v1/patients/{id}",
    scope: null,
    handle: ({ sandbox, practice, id }) => {
      const patient = findPatientOfPractice(sandbox, practice, id);
      if (!patient) throw notFound("Patient");
      if (patient.mergedInto?.reply === "empty_list") return { data: [], count: 0 };
      return patientView(practice, survivorOf(sandbox, patient));
    },
  }),
  defineOperation<ListPatientsResponse>({
    operationId: "listPatients",
    method: "GET",
    path: "/v1/patients",
    scope: null,
    handle: ({ sandbox, practice, query }) => {
      const field = query.get("field");
      const search = query.get("search")?.trim().toLowerCase() ?? "";
      const matchingPatients = [...sandbox.patients.values()]
        .filter(
          (patient) =>
            patient.practiceGroupId === practice.practiceGroupId && patient.mergedInto === null,
        )
        .map((patient) => patientView(practice, patient))
        .filter((view) => search === "" || matches(view, field, search));
      return paginate(matchingPatients, query);
    },
  }),
];

const traceFailures = {
  several: "Several people match. Send more details.",
  queued: "Your request is queued.",
};

/** Updates the practice's record with this NHS number and date of birth, or creates one. */
function registerFromDetails(
  sandbox: SandboxState,
  practice: Practice,
  input: z.infer<typeof ownDetailsInput>,
): PatientRecord {
  const nhsNumber = input.nhs_number ?? "";
  const existing = findPatientByNhsNumber(sandbox, practice, nhsNumber);
  const changes = {
    ...(input.title && { title: input.title }),
    ...(input.first_name && { firstName: input.first_name }),
    ...(input.last_name && { lastName: input.last_name }),
    ...(input.email && { email: input.email }),
    ...(input.mobile && { mobile: input.mobile }),
    ...(input.address_line_1 && { addressLine: input.address_line_1 }),
    ...(input.postcode && { postcode: input.postcode }),
    ...((input.sex === "Male" || input.sex === "Female") && { sex: input.sex }),
  };
  if (existing?.person.dateOfBirth === input.dob) {
    existing.person = { ...existing.person, ...changes };
    return existing;
  }
  const person: Person = {
    ...unknownPerson,
    ...changes,
    nhsNumber,
    dateOfBirth: input.dob,
    isCase: true,
  };
  return addPatient(sandbox, {
    id: sandbox.nextId("patient"),
    practiceGroupId: practice.practiceGroupId,
    person,
    dataSource: "hero",
  });
}

const unknownPerson = {
  title: "",
  firstName: "",
  lastName: "",
  sex: "Not known",
  email: "",
  mobile: "",
  addressLine: "",
  town: "",
  postcode: "",
  needsLogin: false,
  isRestricted: false,
  deceasedOn: null,
} as const;

/** Traces by NHS number and date of birth, or else by all four demographic fields. */
function tracePerson(sandbox: SandboxState, body: unknown): Person | undefined {
  const hasNumber = typeof body === "object" && body !== null && "nhs_number" in body;
  const hasNames = typeof body === "object" && body !== null && "surname" in body;
  if (hasNumber || !hasNames) {
    const input = parseInput(nhsNumberInput, body);
    return (
      sandbox.people.find(
        ({ nhsNumber, supersededNhsNumbers, dateOfBirth }) =>
          (nhsNumber === input.nhs_number ||
            supersededNhsNumbers?.includes(input.nhs_number) === true) &&
          dateOfBirth === input.dob,
      ) ?? findGeneratedPatient(input.nhs_number, input.dob)
    );
  }
  const input = parseInput(demographicsInput, body);
  const normalize = (text: string) => text.replaceAll(/\s/g, "").toLowerCase();
  return sandbox.people.find(
    (person) =>
      person.dateOfBirth === input.dob &&
      normalize(person.firstName) === normalize(input.forename) &&
      normalize(person.lastName) === normalize(input.surname) &&
      normalize(person.postcode) === normalize(input.postcode),
  );
}

/** Searches the name unless a field is given. Hero documents `emis_id` only. */
function matches(view: Patient, field: string | null, search: string): boolean {
  if (field === "emis_id") return view.emis_id?.toLowerCase() === search;
  if (field === "nhs_number") return view.nhs_number === search.replaceAll(/\s/g, "");
  if (field) return false;
  return `${view.first_name} ${view.last_name}`.toLowerCase().includes(search);
}

export function patientView(practice: Practice, patient: PatientRecord): Patient {
  const { person, ehrPartnerId: ehrId } = patient;
  return {
    id: patient.id,
    uid: `sandbox-${patient.id}`,
    emis_id: practice.system === "emis" ? ehrId : null,
    ehr_partner_id: ehrId,
    dob: person.dateOfBirth,
    deceased_at: person.deceasedOn ? `${person.deceasedOn}T00:00:00Z` : null,
    title: person.title || null,
    first_name: person.firstName || null,
    last_name: person.lastName || null,
    sex: person.sex,
    nhs_number: practice.system === "private" ? null : person.nhsNumber || null,
    email: person.email || null,
    emails: person.email ? [person.email] : [],
    mobile: person.mobile || null,
    last_sync_at: null,
    address_line_1: person.addressLine || null,
    address_line_2: null,
    address_line_3: null,
    country: "United Kingdom",
    postcode: person.postcode || null,
    town: person.town || null,
    county: null,
    notes: person.notes ?? null,
    verification_credentials: null,
    data_source: patient.dataSource,
    restricted: person.isRestricted,
    sex_changed_at: person.sexChangedOn ? `${person.sexChangedOn}T00:00:00Z` : null,
    status: patient.isArchived ? "archived" : "unarchived",
    ods_code: practice.odsCode,
    identifiers: [
      ...(person.nhsNumber ? [{ source: "nhs", type: "nhs_number", value: person.nhsNumber }] : []),
      { source: "hero", type: "hero_id", value: patient.id },
    ],
    ehr_registered: ehrId !== null,
  };
}
