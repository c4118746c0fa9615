import type {
  ConnectPatientEhrResponse,
  EhrCandidate,
  ListPatientEhrCandidatesResponse,
} from "@/server/hero/generated";
import { z } from "zod";
import type { EhrRecord, PatientRecord, Practice } from "../state/model";
import { changeRecord, findPatientOfPractice } from "../state/patients";
import type { SandboxState } from "../state/sandbox-state";
import { defineOperation } from "./operation";
import { listResponse } from "./pagination";
import { invalidField, notFound, parseInput, problem } from "./problem";

const connectInput = z.object({ ehr_partner_id: z.string().min(1) });

export const patientEhrOperations = [
  defineOperation<ListPatientEhrCandidatesResponse>({
    operationId: "listPatientEhrCandidates",
    method: "GET",
    path: "/v1/patients/{id}/ehr/candidates",
    scope: null,
    handle: ({ sandbox, practice, id }) => {
      const patient = findPatientOfPractice(sandbox, practice, id);
      if (!patient) throw notFound("Patient");
      return listResponse(
        listCandidates(sandbox, patient).map((record) => candidateView(sandbox, practice, record)),
      );
    },
  }),
  defineOperation<ConnectPatientEhrResponse>({
    operationId: "connectPatientEhr",
    method: "POST",
    path: "/v1/patients/{id}/ehr/connect",
    scope: null,
    handle: ({ sandbox, practice, id, body }) => {
      const { ehr_partner_id } = parseInput(connectInput, body);
      const patient = findPatientOfPractice(sandbox, practice, id);
      if (!patient || patient.mergedInto) throw notFound("Patient");
      const isCandidate = listCandidates(sandbox, patient).some(
        ({ ehrPartnerId }) => ehrPartnerId === ehr_partner_id,
      );
      if (!isCandidate) throw invalidField(["ehr_partner_id"], "custom", "a candidate's id");
      const holder = findHolder(sandbox, ehr_partner_id);
      const isConnectedElsewhere =
        patient.ehrPartnerId !== null && patient.ehrPartnerId !== ehr_partner_id;
      if ((holder && holder !== patient) || isConnectedElsewhere) {
        throw problem(409, "Already connected");
      }
      changeRecord(patient, { ehrPartnerId: ehr_partner_id });
      return { success: true };
    },
  }),
];

/** None for a merged record. */
function listCandidates(sandbox: SandboxState, patient: PatientRecord): EhrRecord[] {
  if (patient.mergedInto) return [];
  const { nhsNumber } = patient.person;
  return [...sandbox.ehrRecords.values()].filter(
    (record) =>
      record.practiceGroupId === patient.practiceGroupId &&
      (record.candidateFor.includes(patient.id) ||
        (nhsNumber !== "" && record.person.nhsNumber === nhsNumber)),
  );
}

function findHolder(sandbox: SandboxState, ehrPartnerId: string): PatientRecord | undefined {
  return [...sandbox.patients.values()].find(
    (patient) => patient.ehrPartnerId === ehrPartnerId && !patient.mergedInto,
  );
}

function candidateView(
  sandbox: SandboxState,
  practice: Practice,
  { ehrPartnerId, person }: EhrRecord,
): EhrCandidate {
  const heroId = findHolder(sandbox, ehrPartnerId)?.id ?? null;
  return {
    ehr_partner_id: ehrPartnerId,
    emis_id: practice.system === "emis" ? ehrPartnerId : null,
    deceased_at: person.deceasedOn ? `${person.deceasedOn}T00:00:00Z` : null,
    dob: person.dateOfBirth,
    title: person.title || null,
    first_name: person.firstName || null,
    last_name: person.lastName || null,
    sex: person.sex,
    nhs_number: person.nhsNumber || null,
    email: person.email || null,
    mobile: person.mobile || null,
    last_sync_at: null,
    data_source: practice.system === "systmone" ? "systm_one" : "emis",
    restricted: person.isRestricted,
    line_1: person.addressLine || null,
    line_2: null,
    line_3: null,
    town: person.town || null,
    county: null,
    postcode: person.postcode || null,
    hero_id: heroId,
    hero_uid: heroId && `sandbox-${heroId}`,
    identifiers: [{ source: "ehr_partner", type: "ehr_partner_id", value: ehrPartnerId }],
  };
}
