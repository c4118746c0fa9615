import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";

const practices = z.array(
  z.object({
    practiceGroupId: z.string(),
    name: z.string(),
    keys: z.array(z.object({ partner: z.string(), key: z.string(), scopes: z.array(z.string()) })),
  }),
);

const patients = z.array(
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

const links = z.array(
  z.object({
    id: z.string(),
    url: z.string(),
    practiceGroupId: z.string(),
    patientId: z.string().nullable(),
    fromDate: z.string().nullable(),
    toDate: z.string().nullable(),
    expiryDate: z.string(),
    maximumUses: z.number(),
    uses: z.number(),
  }),
);

const messages = z.array(
  z.object({ practiceGroupId: z.string(), patientId: z.string(), text: z.string() }),
);

const mails = z.array(
  z.object({ to: z.string(), subject: z.string(), text: z.string(), links: z.array(z.string()) }),
);

const requests = z.array(
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

export type Patient = z.infer<typeof patients>[number];

/** The sandbox as tests use it: what is there to try, the mail, faults, and what was asked of it. */
export function openSandbox(url: string) {
  async function read<Value>(path: string, schema: z.ZodType<Value>): Promise<Value> {
    const reply = await fetch(url + path);
    return schema.parse(await reply.json());
  }

  async function practice(practiceGroupId: string) {
    const found = (await read("/_sandbox/practices", practices)).find(
      (each) => each.practiceGroupId === practiceGroupId,
    );
    if (!found) throw new Error(`The sandbox has no practice ${practiceGroupId}.`);
    return found;
  }

  return {
    url,
    practice,

    /**
     * A key that may make links, which nobody else holds: what is scripted for it and counted of it
     * is this test's alone. The demo tenants hold keys of partners a and b; tests those of c.
     */
    async keyOf(practiceGroupId: string, partner = "c"): Promise<string> {
      const { keys } = await practice(practiceGroupId);
      const found = keys.find(
        (each) => each.partner === partner && each.scopes.includes("booking_links"),
      );
      if (!found) throw new Error(`Partner ${partner} has no key of ${practiceGroupId}.`);
      return `${found.key}.${randomUUID()}`;
    },

    /** Test patients registered at a practice who can book. */
    async patientsOf(practiceGroupId: string): Promise<(Patient & { patientId: string })[]> {
      return (await read("/_sandbox/patients", patients)).flatMap((each) =>
        each.practiceGroupId === practiceGroupId &&
        each.patientId &&
        !each.isArchived &&
        !each.isDeceased
          ? [{ ...each, patientId: each.patientId }]
          : [],
      );
    },

    /** All who are registered at a practice, also those whom nobody may send anything. */
    everyone: async (practiceGroupId: string): Promise<Patient[]> =>
      (await read("/_sandbox/patients", patients)).filter(
        (each) => each.practiceGroupId === practiceGroupId,
      ),

    /** People whom only the Spine knows. */
    strangers: async (): Promise<Patient[]> =>
      (await read("/_sandbox/patients", patients)).filter((each) => each.practiceGroupId === null),

    links: () => read("/_sandbox/links", links),

    /** Every message that was sent through it, whoever sent it. */
    messages: () => read("/_sandbox/messages", messages),

    async countCalls(operation: string, key: string): Promise<number> {
      const lastFour = encodeURIComponent(key.slice(-4));
      const path = `/_sandbox/requests?operation=${operation}&key=${lastFour}`;
      return (await read(path, requests)).length;
    },

    async breakNext(fault: Fault): Promise<void> {
      const reply = await fetch(`${url}/_sandbox/faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(fault),
      });
      if (!reply.ok) throw new Error(`The sandbox refused the fault: ${await reply.text()}`);
    },

    /** Waits for the newest mail to an address whose subject says this. */
    async waitForMail(to: string, subject: RegExp) {
      const giveUpAt = Date.now() + 20_000;
      for (;;) {
        const all = await read(`/inbox.json?to=${encodeURIComponent(to)}`, mails);
        const found = all.find((mail) => subject.test(mail.subject));
        if (found) return found;
        if (Date.now() > giveUpAt) throw new Error(`No mail to ${to} about ${String(subject)}.`);
        await setTimeout(100);
      }
    },
  };
}

export type Sandbox = ReturnType<typeof openSandbox>;
