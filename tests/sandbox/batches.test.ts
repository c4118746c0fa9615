import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { checkReply, checkRequest, getOperationRoute } from "../support/contract";
import { getCredentials, Sandbox, type SandboxPatient, type SandboxPractice } from "./support";

let sandbox: Sandbox;
let practices: SandboxPractice[];
let own: { key: string; groupId: string };
let patients: SandboxPatient[];

beforeAll(async () => {
  sandbox = await Sandbox.start();
  practices = await sandbox.listPractices();
  own = getCredentials(practices, "Millbrook Health Centre");
  // The practice's last patients may not be contacted.
  patients = (await sandbox.listPatients())
    .filter(({ practiceGroupId }) => practiceGroupId === own.groupId)
    .slice(0, 3);
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.reset());

/** Sends an operation and validates the response against the contract. */
async function call(
  operationId: string,
  input: { id?: string; body?: unknown; query?: string },
  caller = own,
) {
  const { method, path } = getOperationRoute(operationId);
  const url = path.replace("{id}", input.id ?? "") + (input.query ?? "");
  const reply = await sandbox.callApi(method, url, { ...caller, body: input.body });
  expect(checkReply(operationId, reply.status, reply.body)).toEqual([]);
  return reply;
}

const recipientOf = ({ nhsNumber, dateOfBirth }: SandboxPatient) => ({
  nhs_number: nhsNumber,
  dob: dateOfBirth,
});

const batchBody = (overrides: object = {}) => ({
  name: "Flu clinic",
  channel: "SMS",
  content: "Our flu clinic is open.",
  recipients: patients.map(recipientOf),
  ...overrides,
});

async function createBatch(body: unknown = batchBody(), caller = own): Promise<string> {
  const reply = await call("createBatchMessage", { body }, caller);
  expect(reply).toMatchObject({ status: 200, body: { status: "CREATED" } });
  return z.object({ id: z.string() }).parse(reply.body).id;
}

const advanceClock = (seconds: number) =>
  sandbox.callControl("POST", "/_sandbox/clock", { advanceMs: seconds * 1000 });
const statusOf = async (id: string) =>
  z.object({ status: z.string() }).parse((await call("getBatchMessage", { id })).body).status;
const listMessages = async () =>
  z
    .array(z.object({ patientId: z.string(), batchId: z.string().nullable(), status: z.string() }))
    .parse(await sandbox.callControl("GET", "/_sandbox/messages"));

describe("a batch of messages", () => {
  it("a batch is created, and an hour later nothing of it was sent", async () => {
    expect(checkRequest("createBatchMessage", { body: batchBody() })).toEqual([]);
    const id = await createBatch();
    await advanceClock(3600);
    expect(await statusOf(id)).toBe("CREATED");
    expect(await listMessages()).toEqual([]);
  });

  it("a batch that is sent is pending, sending and completed by the clock", async () => {
    const many = Array.from({ length: 100 }, () => patients.map(recipientOf)).flat();
    const id = await createBatch(batchBody({ recipients: many }));
    expect((await call("sendBatchMessage", { id })).status).toBe(200);
    expect(await statusOf(id)).toBe("PENDING");
    expect((await call("listBatchMessageSends", { id })).body).toMatchObject({ count: 0 });
    await advanceClock(6);
    expect(await statusOf(id)).toBe("SENDING");
    const { count } = z
      .object({ count: z.number() })
      .parse((await call("listBatchMessageSends", { id })).body);
    expect(count).toBeGreaterThanOrEqual(40);
    expect(count).toBeLessThan(many.length);
    await advanceClock(60);
    expect(await statusOf(id)).toBe("COMPLETED");
    const { body } = await call("listBatchMessageSends", { id, query: "?page_size=100" });
    expect(body).toMatchObject({ count: many.length });
    expect((await listMessages()).filter(({ batchId }) => batchId === id)).toHaveLength(
      many.length,
    );
  });

  it("a batch that is sent twice reaches everyone twice", async () => {
    const id = await createBatch();
    await call("sendBatchMessage", { id });
    await call("sendBatchMessage", { id });
    expect(await listMessages()).toHaveLength(2 * patients.length);
  });

  it("a fault after half of the work reaches half of the recipients, and the batch stays in progress", async () => {
    const id = await createBatch();
    await sandbox.callControl("POST", "/_sandbox/faults", {
      operation: "sendBatchMessage",
      status: 500,
      afterHalf: true,
    });
    expect((await call("sendBatchMessage", { id })).status).toBe(500);
    await advanceClock(3600);
    expect(await statusOf(id)).toBe("SENDING");
    expect(await listMessages()).toHaveLength(Math.ceil(patients.length / 2));
  });

  it("recipients are looked up five seconds after the batch was created, and counted by status", async () => {
    const [found, other, removed] = patients;
    if (!found || !other?.patientId || !removed?.patientId) throw new Error("There are too few.");
    await sandbox.callControl("POST", `/_sandbox/patients/${removed.patientId}`, {
      mobile: "09011 123456",
    });
    const id = await createBatch(
      batchBody({
        recipients: [
          recipientOf(found),
          { ...recipientOf(other), dob: "1900-01-01" },
          recipientOf(removed),
          { nhs_number: "123", dob: null },
          { patient_id: other.patientId },
        ],
      }),
    );
    const statuses = async (query = "") => {
      const { body } = await call("listBatchMessageRecipients", { id, query });
      return z
        .object({ data: z.array(z.object({ status: z.string() })) })
        .parse(body)
        .data.map(({ status }) => status);
    };
    expect(new Set(await statuses())).toEqual(new Set(["CREATED"]));
    await advanceClock(5);
    expect(await statuses()).toEqual([
      "ENRICHED",
      "ENRICHMENT_ERROR",
      "ENRICHMENT_ERROR",
      "INVALID_PAYLOAD",
      "ENRICHED",
    ]);
    expect(await statuses("?status=INVALID_PAYLOAD")).toHaveLength(1);
    await call("sendBatchMessage", { id });
    expect(await statuses("?status=QUEUED")).toHaveLength(2);
    expect((await listMessages()).map(({ patientId }) => patientId)).toEqual([
      found.patientId,
      other.patientId,
    ]);
  });

  it("a batch becomes older on its own, without the clock", async () => {
    const [id, other] = [await createBatch(), await createBatch()];
    for (const each of [id, other]) await call("sendBatchMessage", { id: each });
    await sandbox.callControl("POST", `/_sandbox/batches/${id}/age`, { advanceMs: 60_000 });
    expect(await statusOf(id)).toBe("COMPLETED");
    expect(await statusOf(other)).toBe("PENDING");
    await sandbox.reset();
    expect((await call("listBatchMessages", {})).body).toMatchObject({ count: 0 });
  });
});

describe("whose batch it is", () => {
  it("another practice neither reads, lists nor sends it", async () => {
    const neighbour = getCredentials(practices, "Northgate Surgery");
    const id = await createBatch();
    for (const operation of [
      "getBatchMessage",
      "sendBatchMessage",
      "listBatchMessageRecipients",
      "listBatchMessageSends",
    ]) {
      expect((await call(operation, { id }, neighbour)).status, operation).toBe(404);
    }
    expect((await call("listBatchMessages", {}, neighbour)).body).toMatchObject({ count: 0 });
    expect((await call("listBatchMessages", {})).body).toMatchObject({ count: 1 });
    expect(await listMessages()).toEqual([]);
  });

  it("recipients of another practice are not found", async () => {
    const neighbour = getCredentials(practices, "Northgate Surgery");
    const id = await createBatch(batchBody(), neighbour);
    await call("sendBatchMessage", { id }, neighbour);
    expect(await listMessages()).toEqual([]);
  });

  it("a key with another word after it lists its own batches", async () => {
    const other = { ...own, key: `${own.key}.other` };
    const id = await createBatch();
    expect((await call("listBatchMessages", {}, other)).body).toMatchObject({ count: 0 });
    expect((await call("getBatchMessage", { id }, other)).status).toBe(200);
  });
});

describe("batches that are refused", () => {
  it.each([
    ["no name", { name: "" }],
    ["no text", { content: "" }],
    ["a channel of single messages", { channel: "sms" }],
    ["an email without a subject", { channel: "EMAIL" }],
    ["no recipients", { recipients: [] }],
    ["a recipient without a number", { recipients: [{ dob: "1980-01-31" }] }],
    [
      "more than 500 recipients",
      {
        recipients: Array.from({ length: 501 }, () => ({
          nhs_number: "9990000018",
          dob: "1980-01-31",
        })),
      },
    ],
  ])("a batch with %s gets 400", async (_, overrides) => {
    expect((await call("createBatchMessage", { body: batchBody(overrides) })).status).toBe(400);
    expect((await call("listBatchMessages", {})).body).toMatchObject({ count: 0 });
  });

  it("a practice that only has email gets 403 for a text message", async () => {
    const clinic = getCredentials(practices, "Kingsway Private Clinic");
    expect((await call("createBatchMessage", { body: batchBody() }, clinic)).status).toBe(403);
    await createBatch(batchBody({ channel: "EMAIL", subject: "Flu" }), clinic);
  });

  it("batches need a key with the messaging scope", async () => {
    const unknownCaller = { key: "sandbox_a_unknown", groupId: own.groupId };
    expect((await call("createBatchMessage", { body: batchBody() }, unknownCaller)).status).toBe(
      401,
    );
    expect((await call("sendBatchMessage", { id: "1" }, unknownCaller)).status).toBe(401);
  });
});
