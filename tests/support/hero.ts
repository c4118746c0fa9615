import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import type { SamplePatients } from "@/scripts/contract-check/client-calls";
import { sandboxUrl } from "../setup/database";

const practiceSchema = z.object({
  practiceGroupId: z.string(),
  name: z.string(),
  keys: z.array(z.object({ partner: z.string(), key: z.string(), scopes: z.array(z.string()) })),
});

const callsSchema = z.array(
  z.object({
    operation: z.string().nullable(),
    method: z.string(),
    path: z.string(),
    practiceGroupId: z.string().nullable(),
    keyLastFour: z.string().nullable(),
    bodyFields: z.array(z.string()),
    status: z.number().nullable(),
    receivedAt: z.string(),
  }),
);

const testPatientSchema = z.object({
  practiceGroupId: z.string().nullable(),
  patientId: z.string().nullable(),
  firstName: z.string(),
  lastName: z.string(),
  nhsNumber: z.string(),
  dateOfBirth: z.string(),
  postcode: z.string(),
  isArchived: z.boolean(),
  isRestricted: z.boolean(),
  isDeceased: z.boolean(),
  needsLogin: z.boolean(),
});
export type TestPatient = z.infer<typeof testPatientSchema>;

const heroLinkSchema = z.object({ id: z.string(), url: z.string(), practiceGroupId: z.string() });

async function fetchSandbox<Result>(path: string, schema: z.ZodType<Result>): Promise<Result> {
  const response = await fetch(`${sandboxUrl}/_sandbox/${path}`);
  return schema.parse(await response.json());
}

/**
 * A practice of the sandbox with a partner's key. The sandbox takes the key with any suffix as one more
 * key, so that the faults and calls of one test file are not those of another.
 */
export async function getSandboxPractice(
  practiceGroupId: string,
  partner: "a" | "b" | "c",
  missingScope = "",
) {
  const practice = (await fetchSandbox("practices", z.array(practiceSchema))).find(
    (practice) => practice.practiceGroupId === practiceGroupId,
  );
  const key = practice?.keys.find(
    (candidate) =>
      candidate.partner === partner &&
      (missingScope === "" ? true : !candidate.scopes.includes(missingScope)),
  );
  if (!practice || !key) throw new Error("The sandbox has no such practice.");
  return { practiceGroupId, name: practice.name, apiKey: `${key.key}.${randomUUID()}` };
}

/** The key in a dialect of the sandbox (`sandbox/api/dialect.ts`): `first`, `second`, `second-only-pages`. */
export const inDialect = (apiKey: string, dialect: string): string =>
  apiKey.replace(/(\.[\w-]+)?$/, `.${dialect}-${randomUUID()}`);

export type Fault = {
  operation: string;
  key: string;
  times?: number;
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  retryAfter?: number;
  delayMs?: number;
  hang?: true;
  reset?: true;
  truncate?: true;
  malformed?: true;
  empty?: true;
  afterWork?: true;
  afterHalf?: true;
};

/** Adds a fault to the next calls of an operation with a key. */
export async function injectFault(fault: Fault): Promise<void> {
  const reply = await fetch(`${sandboxUrl}/_sandbox/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(fault),
  });
  if (!reply.ok) throw new Error(`The sandbox refused the fault: ${await reply.text()}`);
}

/** Makes the next reads of a patient return a record with this id. */
export const injectPatient = (
  { key, times = 1 }: { key: string; times?: number },
  record: Record<string, unknown>,
) =>
  injectFault({
    operation: "getPatientById",
    key,
    times,
    status: 200,
    body: JSON.stringify({
      dob: "1980-01-01",
      deceased_at: null,
      restricted: false,
      status: "unarchived",
      ...record,
    }),
  });

/** The calls that the sandbox received with a key, oldest first. */
export async function listHeroCalls(apiKey: string, operation?: string) {
  const keyHash = createHash("sha256").update(apiKey).digest("hex");
  return fetchSandbox(`requests?operation=${operation ?? ""}&keyHash=${keyHash}`, callsSchema);
}

/** The practice's links at the sandbox. */
export async function listHeroLinks(practiceGroupId: string) {
  const all = await fetchSandbox("links", z.array(heroLinkSchema));
  return all.filter((link) => link.practiceGroupId === practiceGroupId);
}

/** The sandbox's people, registered with a practice or with none (`null`). */
export async function listTestPatients(practiceGroupId: string | null): Promise<TestPatient[]> {
  const all = await fetchSandbox("patients", z.array(testPatientSchema));
  return all.filter((patient) => patient.practiceGroupId === practiceGroupId);
}

/** Patients of a practice for the calls of `bin/contract-check`. */
export async function listSamplePatients(practiceGroupId: string): Promise<SamplePatients> {
  const [registered] = await listTestPatients(practiceGroupId);
  const unregistered = (await listTestPatients(null)).find(({ needsLogin }) => needsLogin);
  if (!registered?.patientId || !unregistered) throw new Error("The sandbox has no such patients.");
  const [connectable] = (await createPatientCase(practiceGroupId, "one_candidate")).patients;
  const [withFiles] = (await createPatientCase(practiceGroupId, "attachments")).patients;
  return {
    registered: { ...registered, id: registered.patientId },
    unregistered,
    connectable: { id: connectable?.patientId ?? "" },
    withFiles: { id: withFiles?.patientId ?? "" },
    formResponse: {
      id: await createFormResponse(practiceGroupId, { patientId: registered.patientId }),
    },
  };
}

/**
 * A submitted form of a practice, with Hero's ID of the link that it came through; with a patient, the
 * practice has a task about it.
 */
export async function createFormResponse(
  practiceGroupId: string,
  details: { linkId?: string; patientId?: string; answers?: string } = {},
) {
  const response = await postToSandbox("form-responses", { practiceGroupId, ...details });
  return z.object({ id: z.string() }).parse(await response.json()).id;
}

const patientCaseSchema = z.object({
  name: z.string(),
  practiceGroupId: z.string(),
  explanation: z.string(),
  patients: z.array(
    z.object({
      patientId: z.string().nullable(),
      nhsNumber: z.string(),
      searchNhsNumber: z.string(),
      firstName: z.string(),
      lastName: z.string(),
      dateOfBirth: z.string(),
      postcode: z.string(),
    }),
  ),
});

async function postToSandbox(path: string, body: unknown): Promise<Response> {
  const response = await fetch(`${sandboxUrl}/_sandbox/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The sandbox refused ${path}: ${await response.text()}`);
  return response;
}

/** The cases' names, from the records that the practice has of each from the start. */
export async function listPatientCaseNames(practiceGroupId: string): Promise<string[]> {
  const cases = await fetchSandbox("patient-cases", z.array(patientCaseSchema));
  return cases.flatMap((each) => (each.practiceGroupId === practiceGroupId ? [each.name] : []));
}

/** New records of one of the cases in `sandbox/state/patient-cases.ts`, which belong to the calling test. */
export async function createPatientCase(practiceGroupId: string, name: string) {
  const response = await postToSandbox("patient-cases", { practiceGroupId, name });
  return patientCaseSchema.parse(await response.json());
}

/** Changes a record as its practice would in Hero; the fields are in `sandbox/control/routes.ts`. */
export async function changePatient(
  patientId: string,
  changes: {
    deceasedOn?: string | null;
    isRestricted?: boolean;
    isArchived?: boolean;
    lastName?: string;
    dateOfBirth?: string;
    mobile?: string;
    email?: string;
    opensNhsApp?: boolean;
    mergedInto?: { patientId: string; reply: "other_id" | "empty_list" };
    showsChanges?: boolean;
    expireMergeTokens?: true;
  },
): Promise<void> {
  await postToSandbox(`patients/${patientId}`, changes);
}

/** People who are not registered anywhere, for large bulk uploads. */
export const listGeneratedPatients = (count: number) =>
  fetchSandbox(
    `generated-patients?count=${count}`,
    z.array(z.object({ nhsNumber: z.string(), dateOfBirth: z.string() })),
  );
