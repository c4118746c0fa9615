import type {
  GetPatientByIdResponse,
  ListPatientsResponse,
  Patient,
  RegisterPatientPdsResponse,
} from "@/server/hero/generated";
import { z } from "zod";
import { findGeneratedPatient } from "../state/generated-patients";
import type { PatientRecord, Person, Practice } from "../state/model";
import { isNhsNumber } from "../state/nhs-number";
import { findPatientOfPractice, registerPerson } from "../state/patients";
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

const demographicsInput = z.object({
  forename: z.string().trim().min(1),
  surname: z.string().trim().min(1),
  postcode: z.string().trim().min(1),
  dob: dateOfBirthField,
});

export const patientOperations = [
  defineOperation<RegisterPatientPdsResponse>({
    operationId: "registerPatientPds",
    method: "POST",
    path: "/v1/patients/register_pds",
    scope: null,
    handle: ({ sandbox, practice, body }) => {
      const person = tracePerson(sandbox, body);
      if (!person || person.deceasedOn) throw notFound("Patient");
      if (person.needsLogin) {
        return {
          message: "PDS could not confirm who this is. Ask the patient to sign in, then try again.",
          login_url: `${sandbox.publicUrl}/verify/${practice.practiceGroupId}`,
        };
      }
      return { patient_id: registerPerson(sandbox, practice, person).id };
    },
  }),
  defineOperation<GetPatientByIdResponse>({
    operationId: "getPatientById",
    method: "GET",
    path: "/v1/patients/{id}",
    scope: null,
    handle: ({ sandbox, practice, id }) => {
      const patient = findPatientOfPractice(sandbox, practice, id);
      if (!patient) throw notFound("Patient");
      return patientView(practice, patient);
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
        .filter((patient) => patient.practiceGroupId === practice.practiceGroupId)
        .map((patient) => patientView(practice, patient))
        .filter((view) => search === "" || matches(view, field, search));
      return paginate(matchingPatients, query);
    },
  }),
];

/** Traces by NHS number and date of birth, or else by all four demographic fields. */
function tracePerson(sandbox: SandboxState, body: unknown): Person | undefined {
  const hasNumber = typeof body === "object" && body !== null && "nhs_number" in body;
  const hasNames = typeof body === "object" && body !== null && "surname" in body;
  if (hasNumber || !hasNames) {
    const input = parseInput(nhsNumberInput, body);
    return (
      sandbox.people.find(
        (person) => person.nhsNumber === input.nhs_number && person.dateOfBirth === input.dob,
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

function patientView(practice: Practice, patient: PatientRecord): Patient {
  const { person } = patient;
  const isLinked = practice.system !== "private" && patient.dataSource !== "pds";
  const ehrId = isLinked ? `${practice.system}-${patient.id}` : null;
  return {
    id: patient.id,
    uid: `sandbox-${patient.id}`,
    emis_id: practice.system === "emis" ? ehrId : null,
    ehr_partner_id: ehrId,
    dob: person.dateOfBirth,
    deceased_at: person.deceasedOn ? `${person.deceasedOn}T00:00:00Z` : null,
    title: person.title,
    first_name: person.firstName,
    last_name: person.lastName,
    sex: person.sex,
    nhs_number: practice.system === "private" ? null : person.nhsNumber,
    email: person.email,
    emails: [person.email],
    mobile: person.mobile,
    last_sync_at: null,
    address_line_1: person.addressLine,
    address_line_2: null,
    address_line_3: null,
    country: "United Kingdom",
    postcode: person.postcode,
    town: person.town,
    county: null,
    notes: null,
    verification_credentials: null,
    data_source: patient.dataSource,
    restricted: person.isRestricted,
    sex_changed_at: null,
    status: patient.isArchived ? "archived" : "unarchived",
    ods_code: practice.odsCode,
    identifiers: [
      { source: "nhs", type: "nhs_number", value: person.nhsNumber },
      { source: "hero", type: "hero_id", value: patient.id },
    ],
    ehr_registered: isLinked,
  };
}
