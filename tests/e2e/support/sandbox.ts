import { createHash, randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";

const practicesSchema = z.array(
  z.object({
    practiceGroupId: z.string(),
    name: z.string(),
    keys: z.array(z.object({ partner: z.string(), key: z.string(), scopes: z.array(z.string()) })),
  }),
);

const patientsSchema = z.array(
  z.object({
    practiceGroupId: z.string().nullable(),
    patientId: z.string().nullable(),
    firstName: z.string(),
    lastName: z.string(),
    nhsNumber: z.string(),
    dateOfBirth: z.string(),
    email: z.string(),
    postcode: z.string(),
    isArchived: z.boolean(),
    isRestricted: z.boolean(),
    isDeceased: z.boolean(),
    needsLogin: z.boolean(),
  }),
);

const linksSchema = z.array(
  z.object({
    id: z.string(),
    url: z.string(),
    practiceGroupId: z.string(),
    patientId: z.string().nullable(),
    fromDate: z.string().nullable(),
    toDate: z.string().nullable(),
    expiryDate: z.string(),
    maxUses: z.number().nullable(),
    uses: z.number(),
  }),
);

const messagesSchema = z.array(
  z.object({ practiceGroupId: z.string(), patientId: z.string(), text: z.string() }),
);

const emailsSchema = z.array(
  z.object({ to: z.string(), subject: z.string(), text: z.string(), links: z.array(z.string()) }),
);

const requestsSchema = z.array(
  z.object({
    operation: z.string().nullable(),
    method: z.string(),
    practiceGroupId: z.string().nullable(),
    keyLastFour: z.string().nullable(),
  }),
);

/** How the next calls fail, in the sandbox's terms. */
export type Fault = {
  operation: string;
  /** The API key whose calls fail, so that other tests are not affected. */
  key: string;
  times?: number;
  status?: number;
  delayMs?: number;
  hang?: true;
  reset?: true;
  malformed?: true;
  afterWork?: true;
};

export type Patient = z.infer<typeof patientsSchema>[number];
export type BookablePatient = Patient & { patientId: string };

/** The sandbox's control API: practices, patients, emails, faults and calls. */
const patientCaseSchema = z.object({
  patients: z.array(
    z.object({
      patientId: z.string().nullable(),
      /** What to search for. */
      searchNhsNumber: z.string(),
      firstName: z.string(),
      lastName: z.string(),
      dateOfBirth: z.string(),
      postcode: z.string(),
    }),
  ),
});
type PatientCase = z.infer<typeof patientCaseSchema>["patients"][number];

export function createSandboxClient(url: string) {
  async function fetchJson<Value>(path: string, schema: z.ZodType<Value>): Promise<Value> {
    const reply = await fetch(url + path);
    return schema.parse(await reply.json());
  }

  async function getPractice(practiceGroupId: string) {
    const found = (await fetchJson("/_sandbox/practices", practicesSchema)).find(
      (item) => item.practiceGroupId === practiceGroupId,
    );
    if (!found) throw new Error(`The sandbox has no practice ${practiceGroupId}.`);
    return found;
  }

  function listCalls(key: string, operation = "") {
    const keyHash = createHash("sha256").update(key).digest("hex");
    return fetchJson(
      `/_sandbox/requests?operation=${operation}&keyHash=${keyHash}`,
      requestsSchema,
    );
  }

  return {
    url,
    getPractice,

    /**
     * A unique key that can create links: its faults and calls belong to one test. The demo tenants use keys
     * of partners a and b; tests use c.
     */
    async createUniqueKey(practiceGroupId: string, partner = "c"): Promise<string> {
      const { keys } = await getPractice(practiceGroupId);
      const match = keys.find(
        (item) => item.partner === partner && item.scopes.includes("booking_links"),
      );
      if (!match) throw new Error(`Partner ${partner} has no key of ${practiceGroupId}.`);
      return `${match.key}.${randomUUID()}`;
    },

    /** Test patients registered at a practice who can book. */
    async listBookablePatients(practiceGroupId: string): Promise<BookablePatient[]> {
      return (await fetchJson("/_sandbox/patients", patientsSchema)).flatMap((patient) =>
        patient.practiceGroupId === practiceGroupId &&
        patient.patientId &&
        !patient.isArchived &&
        !patient.isDeceased
          ? [{ ...patient, patientId: patient.patientId }]
          : [],
      );
    },

    /** All patients of a practice, also those who cannot book. */
    listPatients: async (practiceGroupId: string): Promise<Patient[]> =>
      (await fetchJson("/_sandbox/patients", patientsSchema)).filter(
        (patient) => patient.practiceGroupId === practiceGroupId,
      ),

    /** People who are not registered at any practice. */
    listUnregisteredPatients: async (): Promise<Patient[]> =>
      (await fetchJson("/_sandbox/patients", patientsSchema)).filter(
        (patient) => patient.practiceGroupId === null,
      ),

    /** New records of one of the cases in `sandbox/state/patient-cases.ts`, which belong to the calling test. */
    async createPatientCase(practiceGroupId: string, name: string): Promise<PatientCase> {
      const reply = await fetch(`${url}/_sandbox/patient-cases`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ practiceGroupId, name }),
      });
      if (!reply.ok) throw new Error(`The sandbox refused the case: ${await reply.text()}`);
      const [patient] = patientCaseSchema.parse(await reply.json()).patients;
      if (!patient) throw new Error(`The case ${name} has no patient.`);
      return patient;
    },

    listLinks: () => fetchJson("/_sandbox/links", linksSchema),

    listMessages: () => fetchJson("/_sandbox/messages", messagesSchema),

    countCalls: async (operation: string, key: string): Promise<number> =>
      (await listCalls(key, operation)).length,

    /** Calls that can change something at Hero. */
    countWrites: async (key: string): Promise<number> =>
      (await listCalls(key)).filter(({ method }) => method !== "GET").length,

    async injectFault(fault: Fault): Promise<void> {
      const reply = await fetch(`${url}/_sandbox/faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(fault),
      });
      if (!reply.ok) throw new Error(`The sandbox refused the fault: ${await reply.text()}`);
    },

    /** Waits for the newest email to an address with a matching subject. */
    async waitForEmail(to: string, subject: RegExp) {
      const deadline = Date.now() + 20_000;
      for (;;) {
        const emails = await fetchJson(`/inbox.json?to=${encodeURIComponent(to)}`, emailsSchema);
        const found = emails.find((email) => subject.test(email.subject));
        if (found) return found;
        if (Date.now() > deadline) throw new Error(`No mail to ${to} about ${String(subject)}.`);
        await setTimeout(100);
      }
    },
  };
}

export type SandboxClient = ReturnType<typeof createSandboxClient>;
