import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { checkReply, checkRequest, getOperationRoute } from "../support/contract";
import { getCredentials, Sandbox } from "./support";

let sandbox: Sandbox;
let own: { key: string; groupId: string };
let patientId: string;

beforeAll(async () => {
  sandbox = await Sandbox.start();
  own = getCredentials(await sandbox.listPractices(), "Millbrook Health Centre");
  const patients = await sandbox.listPatients();
  patientId = patients.find((each) => each.practiceGroupId === own.groupId)?.patientId ?? "";
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.reset());

/** Sends an operation and validates request and response against the contract. */
async function call(operationId: string, input: { id?: string; body?: unknown } = {}) {
  const { method, path } = getOperationRoute(operationId);
  expect(checkRequest(operationId, { body: input.body })).toEqual([]);
  const reply = await sandbox.callApi(method, path.replace("{id}", input.id ?? ""), {
    ...own,
    body: input.body,
  });
  expect(checkReply(operationId, reply.status, reply.body)).toEqual([]);
  return reply;
}

const listTasks = async () =>
  z
    .object({ data: z.array(z.looseObject({ id: z.string() })) })
    .parse((await call("listTasks")).body).data;

const submitForm = (details: object) =>
  sandbox.callControl("POST", "/_sandbox/form-responses", {
    practiceGroupId: own.groupId,
    ...details,
  });

describe("tasks", () => {
  it("the newest comes first, with what the patient wrote", async () => {
    expect(await listTasks()).toEqual([]);
    await submitForm({ patientId, answers: "A cough" });
    await submitForm({ patientId, answers: "A fever" });
    const found = await listTasks();
    expect(found).toMatchObject([{ details: "A fever" }, { details: "A cough" }]);
    const [newest] = found;
    expect((await call("getTask", { id: newest?.id ?? "" })).body).toEqual(newest);
  });

  it("a form without a patient becomes no task", async () => {
    await submitForm({});
    expect(await listTasks()).toEqual([]);
  });

  it("a change of one field leaves the others", async () => {
    await submitForm({ patientId });
    const id = (await listTasks())[0]?.id ?? "";
    const { body: staff } = await call("listAdmins");
    const [first] = z.object({ data: z.array(z.object({ id: z.string() })) }).parse(staff).data;
    const body = { assignee_type: "admin", assignee_id: first?.id };
    expect((await call("updateTask", { id, body })).body).toEqual({ data: { id } });
    await call("updateTask", { id, body: { status: "closed" } });
    expect((await call("getTask", { id })).body).toMatchObject({
      ...body,
      status: "closed",
      priority: "medium",
    });
  });

  it("someone who does not work at the practice, and a task that does not exist, are refused", async () => {
    await submitForm({ patientId });
    const id = (await listTasks())[0]?.id ?? "";
    const body = { assignee_type: "admin", assignee_id: "1" };
    expect((await call("updateTask", { id, body })).status).toBe(400);
    expect((await call("updateTask", { id: "1", body: { status: "closed" } })).status).toBe(404);
    expect((await call("getTask", { id: "1" })).status).toBe(404);
  });
});
