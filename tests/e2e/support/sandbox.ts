import { randomUUID } from "node:crypto";
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
    maxUses: z.number(),
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
    practiceGroupId: z.string().nullable(),
    keyLastFour: z.string().nullable(),
  }),
);

/** How the next calls shall go wrong; the sandbox's own words for it. */
export type Fault = {
  operation: string;
  /** Whole API key: without it the calls of other tests would be hit too. */
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

/** The sandbox as tests use it: what is there to try, the mail, faults, and what was asked of it. */
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

  return {
    url,
    getPractice: getPractice,

    /**
     * A key that may make links, which nobody else holds: what is scripted for it and counted of it
     * is this test's alone. The demo tenants hold keys of partners a and b; tests those of c.
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
    async listBookablePatients(
      practiceGroupId: string,
    ): Promise<(Patient & { patientId: string })[]> {
      return (await fetchJson("/_sandbox/patients", patientsSchema)).flatMap((patient) =>
        patient.practiceGroupId === practiceGroupId &&
        patient.patientId &&
        !patient.isArchived &&
        !patient.isDeceased
          ? [{ ...patient, patientId: patient.patientId }]
          : [],
      );
    },

    /** All who are registered at a practice, also those whom nobody may send anything. */
    listPatients: async (practiceGroupId: string): Promise<Patient[]> =>
      (await fetchJson("/_sandbox/patients", patientsSchema)).filter(
        (patient) => patient.practiceGroupId === practiceGroupId,
      ),

    /** People whom only the Spine knows. */
    listUnregisteredPatients: async (): Promise<Patient[]> =>
      (await fetchJson("/_sandbox/patients", patientsSchema)).filter(
        (patient) => patient.practiceGroupId === null,
      ),

    listLinks: () => fetchJson("/_sandbox/links", linksSchema),

    /** Every message that was sent through it, whoever sent it. */
    listMessages: () => fetchJson("/_sandbox/messages", messagesSchema),

    async countCalls(operation: string, key: string): Promise<number> {
      const lastFour = encodeURIComponent(key.slice(-4));
      const path = `/_sandbox/requests?operation=${operation}&key=${lastFour}`;
      return (await fetchJson(path, requestsSchema)).length;
    },

    async injectFault(fault: Fault): Promise<void> {
      const reply = await fetch(`${url}/_sandbox/faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(fault),
      });
      if (!reply.ok) throw new Error(`The sandbox refused the fault: ${await reply.text()}`);
    },

    /** Waits for the newest mail to an address whose subject says this. */
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
