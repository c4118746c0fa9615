import type {
  GetPatientByIdResponse,
  ListPatientsResponse,
  Patient,
  RegisterPatientPdsResponse,
} from "@/server/hero/generated";
import { z } from "zod";
import { findInCrowd } from "../state/crowd";
import type { PatientRecord, Person, Practice } from "../state/model";
import { isNhsNumber } from "../state/nhs-number";
import { findPatientOfPractice, registerPerson } from "../state/patients";
import type { World } from "../state/world";
import { birthField } from "./fields";
import { operation } from "./operation";
import { pageOf } from "./paging";
import { notFound, parsed } from "./problem";

const nhsNumberField = z
  .string()
  .transform((text) => text.replaceAll(/\s/g, ""))
  .refine(isNhsNumber, "a valid NHS number");

const byNumber = z.object({ nhs_number: nhsNumberField, dob: birthField });

const byDemographics = z.object({
  forename: z.string().trim().min(1),
  surname: z.string().trim().min(1),
  postcode: z.string().trim().min(1),
  dob: birthField,
});

export const patientOperations = [
  operation<RegisterPatientPdsResponse>({
    operationId: "registerPatientPds",
    method: "POST",
    path: "/v1/patients/register_pds",
    scope: null,
    answer: ({ world, practice, body }) => {
      const person = trace(world, body);
      if (!person || person.deceasedOn) throw notFound("Patient");
      if (person.needsLogin) {
        return {
          message: "PDS could not confirm who this is. Ask the patient to sign in, then try again.",
          login_url: `${world.publicUrl}/verify/${practice.groupId}`,
        };
      }
      return { patient_id: registerPerson(world, practice, person).id };
    },
  }),
  operation<GetPatientByIdResponse>({
    operationId: "getPatientById",
    method: "GET",
    path: "/v1/patients/{id}",
    scope: null,
    answer: ({ world, practice, id }) => {
      const patient = findPatientOfPractice(world, practice, id);
      if (!patient) throw notFound("Patient");
      return patientView(practice, patient);
    },
  }),
  operation<ListPatientsResponse>({
    operationId: "listPatients",
    method: "GET",
    path: "/v1/patients",
    scope: null,
    answer: ({ world, practice, query }) => {
      const field = query.get("field");
      const search = query.get("search")?.trim().toLowerCase() ?? "";
      const found = [...world.patients.values()]
        .filter((patient) => patient.groupId === practice.groupId)
        .map((patient) => patientView(practice, patient))
        .filter((view) => search === "" || matches(view, field, search));
      return pageOf(found, query);
    },
  }),
];

/** A body with an NHS number is traced by it; one without needs all four demographics. */
function trace(world: World, body: unknown): Person | undefined {
  const hasNumber = typeof body === "object" && body !== null && "nhs_number" in body;
  const hasNames = typeof body === "object" && body !== null && "surname" in body;
  if (hasNumber || !hasNames) {
    const input = parsed(byNumber, body);
    return (
      world.people.find((one) => one.nhsNumber === input.nhs_number && one.bornOn === input.dob) ??
      findInCrowd(input.nhs_number, input.dob)
    );
  }
  const input = parsed(byDemographics, body);
  const plain = (text: string) => text.replaceAll(/\s/g, "").toLowerCase();
  return world.people.find(
    (one) =>
      one.bornOn === input.dob &&
      plain(one.firstName) === plain(input.forename) &&
      plain(one.lastName) === plain(input.surname) &&
      plain(one.postcode) === plain(input.postcode),
  );
}

/** Only `emis_id` is documented as a field to search; without one the name is searched. */
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
    dob: person.bornOn,
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
