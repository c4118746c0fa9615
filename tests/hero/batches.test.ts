import { beforeAll, describe, expect, it } from "vitest";
import {
  createBatch,
  findBatchByName,
  getBatch,
  listBatchRecipients,
  listBatchSends,
  type NewBatch,
  sendBatch,
} from "@/server/hero/batches";
import type { HeroConnection } from "@/server/hero/request";
import { sandboxUrl } from "../setup/database";
import {
  changePatient,
  createPatientCase,
  getSandboxPractice,
  inDialect,
  injectFault,
  listHeroCalls,
} from "../support/hero";
import { createAccess, practiceGroup } from "./fake-hero";

const practiceGroupId = "30183";

type Recipient = NewBatch["recipients"][number] & { patientId: string };

async function newPatient(): Promise<Recipient> {
  const [patient] = (await createPatientCase(practiceGroupId, "found")).patients;
  if (!patient?.patientId) throw new Error("The case has no patient.");
  const { patientId, nhsNumber, dateOfBirth } = patient;
  return { patientId, nhs_number: nhsNumber, dob: dateOfBirth };
}

const newPatients = (count: number) => Promise.all(Array.from({ length: count }, newPatient));

const sms = (recipients: NewBatch["recipients"], name = "run 1 part 1"): NewBatch => ({
  name,
  channel: "SMS",
  content: "Dear Ŵyn,\nour flu clinic is open.",
  recipients,
});

const messagesTo = async (patientId: string) => {
  const response = await fetch(`${sandboxUrl}/_sandbox/messages?patientId=${patientId}`);
  return (await response.json()) as { batchId: string; status: string; text: string }[];
};

/** Makes one batch older, so that the clock that tests share need not move. */
const age = (id: string, advanceMs: number) =>
  fetch(`${sandboxUrl}/_sandbox/batches/${id}/age`, {
    method: "POST",
    body: JSON.stringify({ advanceMs }),
  });

describe.each([
  "first",
  "second",
  "second-only-bodies",
  "second-only-pages",
  "second-only-types",
  "second-only-casing",
])("batches with a Hero that speaks the %s dialect", (dialect) => {
  let access: HeroConnection;
  let apiKey: string;

  beforeAll(async () => {
    const practice = await getSandboxPractice(practiceGroupId, "c");
    apiKey = inDialect(practice.apiKey, dialect);
    ({ access } = createAccess({ apiKey, practiceGroupId: practiceGroup(practiceGroupId) }));
  });

  /** With a key of its own, whose list has no other batches. */
  const newAccess = () => {
    const ownKey = inDialect(apiKey, dialect);
    const overrides = { apiKey: ownKey, practiceGroupId: practiceGroup(practiceGroupId) };
    return createAccess(overrides).access;
  };

  it("nothing is sent when a batch is created, and each patient gets one message when it is sent", async () => {
    const patients = await newPatients(3);
    const hero = newAccess();
    const { id } = await createBatch(hero, sms(patients));
    expect(await getBatch(hero, id)).toMatchObject({
      id,
      name: "run 1 part 1",
      state: "created",
      channel: "SMS",
      content: "Dear Ŵyn,\nour flu clinic is open.",
    });
    await age(id, 3_600_000);
    expect(await listBatchSends(hero, id)).toEqual({ sends: [], isComplete: true });
    for (const { patientId } of patients) expect(await messagesTo(patientId)).toEqual([]);

    await sendBatch(hero, id);
    expect(await getBatch(hero, id)).toMatchObject({ state: "sending" });
    await age(id, 60_000);
    expect(await getBatch(hero, id)).toMatchObject({ state: "completed" });
    const { sends, isComplete } = await listBatchSends(hero, id);
    expect(isComplete).toBe(true);
    expect(new Set(sends.map((send) => send.patientId))).toEqual(
      new Set(patients.map(({ patientId }) => patientId)),
    );
    expect(sends).toHaveLength(patients.length);
    expect(sends.every(({ id: messageId, state }) => messageId && state === "delivered")).toBe(
      true,
    );
    for (const { patientId } of patients) {
      expect(await messagesTo(patientId)).toMatchObject([{ batchId: id, status: "delivered" }]);
    }
    expect(await listHeroCalls(hero.apiKey, "sendBatchMessage")).toHaveLength(1);
  });

  it("a recipient who is not found, or has a wrong number, gets nothing, with the reason", async () => {
    const [found, otherBirthday, deceased] = await newPatients(3);
    if (!found || !otherBirthday || !deceased) throw new Error("There are no patients.");
    await changePatient(deceased.patientId, { deceasedOn: "2026-11-01" });
    const { id } = await createBatch(
      access,
      sms([
        found,
        { ...otherBirthday, dob: "1900-01-01" },
        deceased,
        { nhs_number: "9990000000", dob: "1980-01-31" },
      ]),
    );
    expect((await listBatchRecipients(access, id)).recipients.map(({ state }) => state)).toEqual([
      ...Array.from({ length: 4 }, () => "waiting"),
    ]);
    await age(id, 5000);
    const { recipients, isComplete } = await listBatchRecipients(access, id);
    expect(isComplete).toBe(true);
    expect(recipients).toMatchObject([
      { nhsNumber: found.nhs_number, state: "accepted", failure: null },
      { state: "failed", failure: expect.stringContaining("contact details") },
      { nhsNumber: deceased.nhs_number, state: "failed" },
      {
        nhsNumber: "9990000000",
        state: "failed",
        failure: expect.stringContaining("NHS number"),
      },
    ]);
    await sendBatch(access, id);
    expect(await messagesTo(found.patientId)).toHaveLength(1);
    expect(await messagesTo(otherBirthday.patientId)).toEqual([]);
    expect(await messagesTo(deceased.patientId)).toEqual([]);
  });

  it("a patient who dies after the batch was created gets nothing", async () => {
    const patient = await newPatient();
    const { id } = await createBatch(access, sms([patient]));
    await changePatient(patient.patientId, { isRestricted: true });
    await sendBatch(access, id);
    expect(await messagesTo(patient.patientId)).toEqual([]);
  });

  it("a batch whose creation had no response is found by its name", async () => {
    const hero = newAccess();
    const patient = await newPatient();
    const name = "run 7 part 2";
    expect(await findBatchByName(hero, name)).toEqual({ found: "none" });
    await injectFault({
      operation: "createBatchMessage",
      key: hero.apiKey,
      reset: true,
      afterWork: true,
    });
    await expect(createBatch(hero, sms([patient], name))).rejects.toMatchObject({
      writeOutcome: "unknown",
    });
    expect(await findBatchByName(hero, name)).toMatchObject({
      found: "one",
      batch: { name, state: "created" },
    });
    await createBatch(hero, sms([patient], "run 7 part 20"));
    expect(await findBatchByName(hero, name)).toMatchObject({ found: "one" });
    await createBatch(hero, sms([patient], name));
    expect(await findBatchByName(hero, name)).toEqual({ found: "several" });
    expect(await findBatchByName(hero, "run 7")).toEqual({ found: "none" });
  });

  it("a name is found among more batches than a page has", async () => {
    const hero = newAccess();
    const [patient] = await newPatients(1);
    if (!patient) throw new Error("There is no patient.");
    for (let part = 1; part <= 101; part += 1) {
      await createBatch(hero, sms([patient], `run 9 part ${part}`));
    }
    expect(await findBatchByName(hero, "run 9 part 101")).toMatchObject({ found: "one" });
    expect(await findBatchByName(hero, "run 9 part 102")).toEqual({ found: "none" });
  });

  it("when Hero fails halfway, the batch is no longer created and its messages say who was reached", async () => {
    const patients = await newPatients(4);
    const hero = newAccess();
    const { id } = await createBatch(hero, sms(patients));
    await injectFault({
      operation: "sendBatchMessage",
      key: hero.apiKey,
      status: 500,
      afterHalf: true,
    });
    await expect(sendBatch(hero, id)).rejects.toMatchObject({ writeOutcome: "unknown" });
    await age(id, 3_600_000);
    expect(await getBatch(hero, id)).toMatchObject({ state: "sending" });
    const { sends } = await listBatchSends(hero, id);
    expect(sends.map(({ patientId }) => patientId)).toEqual(
      patients.slice(0, 2).map(({ patientId }) => patientId),
    );
    const counts = await Promise.all(
      patients.map(async ({ patientId }) => (await messagesTo(patientId)).length),
    );
    expect(counts).toEqual([1, 1, 0, 0]);
  });

  it("a batch that was not sent because Hero failed first is still created", async () => {
    const patient = await newPatient();
    const hero = newAccess();
    const { id } = await createBatch(hero, sms([patient]));
    await injectFault({ operation: "sendBatchMessage", key: hero.apiKey, status: 503 });
    await expect(sendBatch(hero, id)).rejects.toMatchObject({ writeOutcome: "unknown" });
    expect(await getBatch(hero, id)).toMatchObject({ state: "created" });
    expect(await messagesTo(patient.patientId)).toEqual([]);
  });
});
