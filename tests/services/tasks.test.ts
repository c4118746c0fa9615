import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { eq } from "drizzle-orm";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { messages } from "@/db/schema/messages";
import { linkFormResponses } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { ConflictError, ForbiddenError, NotFoundError } from "@/server/errors";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { TaskView, UpdateTaskInput } from "@/server/schemas/tasks";
import {
  listPracticeAutomatedMessages,
  showAutomatedMessage,
} from "@/server/services/automated-messages/read";
import { createFormLink } from "@/server/services/links/create";
import { listForms } from "@/server/services/forms";
import { consumeRateLimit, resetRateLimit } from "@/server/services/rate-limits";
import { listFormResponses, showFormResponse } from "@/server/services/tasks/form-responses";
import {
  listLinkTasks,
  listMessageTasks,
  listPracticeTasks,
  showTask,
} from "@/server/services/tasks/read";
import { changeTask } from "@/server/services/tasks/update";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import {
  createFormResponse,
  createPatientCase,
  type Fault,
  getSandboxPractice,
  inDialect,
  injectFault,
  listHeroCalls,
} from "../support/hero";
import { insertMessageRows } from "../support/message-rows";
import { createTenantPair } from "../support/tenants";

const practiceGroupId = "30182";
const superuser = connectAsSuperuser();

type Tenant = Awaited<ReturnType<typeof createTenantPair>>["first"];
type Connected = {
  tenant: Tenant;
  ctx: TenantContext;
  practiceId: string;
  apiKey: string;
};
let own: Connected;
let other: Connected;

async function connect(tenant: Tenant, dialect?: string): Promise<Connected> {
  const practice = await getSandboxPractice(practiceGroupId, "b");
  const apiKey = dialect ? inDialect(practice.apiKey, dialect) : practice.apiKey;
  const { id } = await tenant.connect({ ...practice, apiKey });
  return { tenant, ctx: await tenant.asRole("operator"), practiceId: id, apiKey };
}

beforeAll(async () => {
  const tenants = await createTenantPair();
  own = await connect(tenants.first);
  other = await connect(tenants.second);
});

async function newPatient(): Promise<string> {
  const [patient] = (await createPatientCase(practiceGroupId, "found")).patients;
  if (!patient?.patientId) throw new Error("The case has no patient.");
  return patient.patientId;
}

/** A form that a new patient sent, and the task that it became. */
async function newTask({ ctx, practiceId } = own, answers = "A cough"): Promise<TaskView> {
  const patientId = await newPatient();
  await createFormResponse(practiceGroupId, { patientId, answers });
  const { items } = await listPracticeTasks(ctx, { practiceId });
  const task = items.find((each) => each.patientId === patientId);
  if (!task) throw new Error("The form has no task.");
  return task;
}

const change = (
  task: TaskView,
  changes: Partial<UpdateTaskInput>,
  { ctx, practiceId } = own,
): ReturnType<typeof changeTask> =>
  changeTask(ctx, { practiceId, taskId: task.id, version: task.version, ...changes });

const readTask = async ({ id }: TaskView) => {
  const { items } = await listPracticeTasks(own.ctx, { practiceId: own.practiceId });
  return items.find((task) => task.id === id);
};

const auditOf = async (taskId: string, { ctx } = own) => {
  const rows = await superuser<{ action: string; details: Record<string, unknown> }[]>`
    select action, details from audit_events
    where tenant_id = ${ctx.tenantId} and details ->> 'taskId' = ${taskId} order by id`;
  return rows.map(({ action, details }) => [action, details.fields ?? null]);
};

const patches = () => listHeroCalls(own.apiKey, "updateTask");
const fail = (operation: string, fault: Partial<Fault>) =>
  injectFault({ operation, key: own.apiKey, ...fault });

describe("the tasks of a practice", () => {
  it("a task is listed with a masked name, and without what the patient wrote", async () => {
    const task = await newTask();
    expect(task).toMatchObject({
      label: "Form",
      state: "open",
      priority: "medium",
      assignee: { kind: "nobody", id: null, name: null },
      hasDetails: true,
      origin: null,
    });
    expect(task.patientName).toMatch(/^\S•+ \S•+$/);
    expect(JSON.stringify(task)).not.toContain("A cough");
    expect(await auditOf(task.id)).toEqual([]);
  });

  it("tasks are filtered by status and assignee", async () => {
    const [first, second] = [await newTask(), await newTask()];
    const [person] = (await listPracticeTasks(own.ctx, { practiceId: own.practiceId })).staff.items;
    await change(first, { state: "in_progress", adminId: person?.id });
    const idsOf = async (filters: object) => {
      const page = await listPracticeTasks(own.ctx, { practiceId: own.practiceId, ...filters });
      return page.items.map(({ id }) => id).filter((id) => [first.id, second.id].includes(id));
    };
    expect(await idsOf({})).toEqual([second.id, first.id]);
    expect(await idsOf({ state: "in_progress" })).toEqual([first.id]);
    expect(await idsOf({ state: "open" })).toEqual([second.id]);
    expect(await idsOf({ state: "closed" })).toEqual([]);
    expect(await idsOf({ assignee: "nobody" })).toEqual([second.id]);
    expect(await idsOf({ assignee: person?.id })).toEqual([first.id]);
    expect(await idsOf({ page: 1000 })).toEqual([]);
  });

  it("what the patient wrote is shown on request, and each time is audited", async () => {
    const task = await newTask();
    const input = { practiceId: own.practiceId, taskId: task.id };
    const shown = await showTask(own.ctx, input);
    expect(shown.details).toBe("A cough");
    expect(shown.patientName).not.toContain("•");
    await showTask(own.ctx, input);
    expect(await auditOf(task.id)).toEqual([
      ["task.shown", null],
      ["task.shown", null],
    ]);
  });

  it("without the practice's people, tasks are listed without names", async () => {
    const task = await newTask();
    await fail("listAdmins", { status: 403 });
    const page = await listPracticeTasks(own.ctx, { practiceId: own.practiceId });
    expect(page.items.map(({ id }) => id)).toContain(task.id);
    expect(page.staff).toEqual({
      items: [],
      problem: "Hero does not allow this key to do that for this practice.",
    });
  });

  it("a list that Hero did not send in full is not complete", async () => {
    await newTask();
    const body = JSON.stringify({ data: [], count: 3 });
    await fail("listTasks", { status: 200, body });
    expect(await listPracticeTasks(own.ctx, { practiceId: own.practiceId })).toMatchObject({
      items: [],
      isComplete: false,
    });
  });

  it("a key without the permission is an error, and the practice lacks the capability then", async () => {
    await fail("listTasks", { status: 403 });
    const read = listPracticeTasks(own.ctx, { practiceId: own.practiceId });
    await expect(read).rejects.toMatchObject({ code: "forbidden" });
    const [row] = await superuser<{ checks: { capability: string; isAvailable: boolean }[] }[]>`
      select capability_checks as checks from practices where id = ${own.practiceId}`;
    expect(row?.checks).toContainEqual(
      expect.objectContaining({ capability: "tasks", isAvailable: false }),
    );
  });
});

describe("changing a task", () => {
  it("status, priority and assignee are sent once, read back and audited by field names", async () => {
    const task = await newTask();
    const people = (await listPracticeTasks(own.ctx, { practiceId: own.practiceId })).staff.items;
    const person = people[1];
    const before = await patches();
    const result = await change(task, {
      state: "closed",
      priority: "highest",
      adminId: person?.id,
    });
    expect(result).toMatchObject({
      outcome: "saved",
      task: {
        id: task.id,
        state: "closed",
        priority: "highest",
        assignee: { kind: "admin", ...person },
      },
      notSaved: [],
      notShown: [],
    });
    expect((await patches()).length - before.length).toBe(1);
    expect(await readTask(task)).toEqual(result.task);
    expect(await auditOf(task.id)).toEqual([
      ["task.change_requested", "state, priority, adminId"],
      ["task.changed", "state, priority, adminId"],
    ]);
  });

  it("what the task has already is not sent", async () => {
    const task = await newTask();
    const before = await patches();
    expect(await change(task, { state: "open", priority: "medium" })).toMatchObject({
      outcome: "saved",
    });
    expect((await patches()).length).toBe(before.length);
    expect(await auditOf(task.id)).toEqual([]);
  });

  it("a task that changed since it was shown is shown again, and nothing is sent", async () => {
    const task = await newTask();
    await change(task, { state: "in_progress" });
    const before = await patches();
    expect(await change(task, { state: "closed" })).toMatchObject({
      outcome: "changed_since",
      task: { state: "in_progress" },
    });
    expect((await patches()).length).toBe(before.length);
  });

  it("someone who does not work at the practice is refused before anything is sent", async () => {
    const task = await newTask();
    const before = await patches();
    await expect(change(task, { adminId: "1" })).rejects.toMatchObject({ field: "adminId" });
    expect((await patches()).length).toBe(before.length);
  });

  it("one task has one change at a time", async () => {
    const task = await newTask();
    const key = `${own.ctx.tenantId}/${own.ctx.environment}/${own.practiceId}/${task.id}`;
    await consumeRateLimit("task-change", key);
    await expect(change(task, { state: "closed" })).rejects.toThrow(ConflictError);
    await resetRateLimit("task-change", key);
    expect(await change(task, { state: "closed" })).toMatchObject({ outcome: "saved" });
  });

  it("a lost reply after Hero's work is saved, because the task shows it", async () => {
    const task = await newTask();
    await fail("updateTask", { reset: true, afterWork: true });
    expect(await change(task, { state: "closed" })).toMatchObject({
      outcome: "saved",
      task: { state: "closed" },
    });
  });

  it("a lost reply that the task does not show is unknown, and is not sent again", async () => {
    const task = await newTask();
    const before = await patches();
    await fail("updateTask", { reset: true });
    expect(await change(task, { state: "closed" })).toMatchObject({
      outcome: "unknown",
      task: { state: "open" },
      notSaved: ["state"],
    });
    expect((await patches()).length - before.length).toBe(1);
    expect((await auditOf(task.id)).at(-1)).toEqual(["task.change_unknown", "state"]);
  });

  it("a change that cannot be read back is unknown", async () => {
    const task = await newTask();
    // The first read is before the change.
    const body = JSON.stringify({ data: { id: task.id } });
    await fail("updateTask", { status: 200, body, afterWork: true });
    await fail("getTask", { status: 200, body: JSON.stringify(await rawTask(task)) });
    await fail("getTask", { status: 404 });
    expect(await change(task, { state: "closed" })).toEqual({
      outcome: "unknown",
      task: null,
      notSaved: [],
      notShown: [],
    });
  });

  it("a change that Hero accepts and does not make is not saved", async () => {
    const task = await newTask();
    const body = JSON.stringify({ data: { id: task.id } });
    await fail("updateTask", { status: 200, body });
    expect(await change(task, { state: "closed" })).toMatchObject({
      outcome: "not_saved",
      task: { state: "open" },
      notSaved: ["state"],
    });
    expect((await auditOf(task.id)).at(-1)).toEqual(["task.change_not_made", "state"]);
  });

  it("a change that Hero refuses is an error, and nothing changed", async () => {
    const task = await newTask();
    await fail("updateTask", { status: 400 });
    await expect(change(task, { state: "closed" })).rejects.toMatchObject({ code: "bad_request" });
    expect((await auditOf(task.id)).at(-1)).toEqual(["task.change_not_made", "state"]);
    expect((await readTask(task))?.state).toBe("open");
  });

  it("where Hero does not show priority and assignee, the result says so", async () => {
    const bare = await connect((await createTenantPair()).first, "second-only-bodies");
    const task = await newTask(bare);
    expect(task).toMatchObject({
      priority: null,
      assignee: { kind: "unknown" },
      patientName: null,
    });
    const page = await listPracticeTasks(bare.ctx, { practiceId: bare.practiceId });
    const adminId = page.staff.items[0]?.id;
    expect(await change(task, { state: "closed", priority: "low", adminId }, bare)).toMatchObject({
      outcome: "saved",
      task: { state: "closed" },
      notSaved: [],
      notShown: ["priority", "adminId"],
    });
  });
});

/** The task as Hero would send it. */
async function rawTask({ id, patientId }: TaskView) {
  return {
    ...{ id, type_label: "Form", status: "open", category: "questionnaire", details: "A cough" },
    patient: { id: patientId, dob: null },
    ...{ priority: "medium", assignee_type: null, assignee_id: null },
  };
}

describe("tasks beside a message and a link", () => {
  const formLinkFor = async ({ ctx, practiceId }: Connected, patientId: string | undefined) => {
    const [form] = await listForms(ctx, { practiceId });
    const link = await createFormLink(ctx, {
      operationId: randomUUID(),
      practiceId,
      formId: form?.id ?? "",
      patientId,
      expiresOn: addDays(ukDateOf(new Date()), 7),
      maxUses: 3,
    });
    const [row] = await db.read(ctx, (tx) =>
      tx.select({ id: links.heroLinkId }).from(links).where(eq(links.id, link.id)),
    );
    return { linkId: link.id, heroLinkId: row?.id ?? "" };
  };

  it("a message's page has its patient's tasks only, and says which came from the message", async () => {
    const task = await newTask();
    await newTask();
    const { messageId } = await insertMessageRows(own.ctx, own.practiceId, {
      patientId: task.patientId ?? "",
    });
    expect(await listMessageTasks(own.ctx, { messageId })).toMatchObject({
      practiceId: own.practiceId,
      items: [{ id: task.id, origin: null }],
    });
    const heroMessageId = `8${Math.floor(Math.random() * 1e9)}`;
    await db.tenant(own.ctx, (tx) =>
      tx.update(messages).set({ heroMessageId }).where(inScope(messages, own.ctx)),
    );
    const withMessage = { ...(await rawTask(task)), message_id: heroMessageId };
    const ofOther = { ...withMessage, id: "1", patient: { id: "1", dob: null } };
    const body = JSON.stringify({ data: [withMessage, ofOther], count: 2 });
    await fail("listTasks", { status: 200, body });
    const { items } = await listMessageTasks(own.ctx, { messageId });
    expect(items.map(({ id, origin }) => [id, origin])).toEqual([[task.id, "message"]]);
  });

  it("a link for anyone has the tasks of its forms, and a link for one patient all of theirs", async () => {
    const generic = await formLinkFor(own, undefined);
    const patientId = await newPatient();
    const personal = await formLinkFor(own, patientId);
    await createFormResponse(practiceGroupId, { patientId, linkId: generic.heroLinkId });
    await createFormResponse(practiceGroupId, { patientId });
    const ofGeneric = await listLinkTasks(own.ctx, { linkId: generic.linkId });
    expect(ofGeneric.items.map(({ origin }) => origin)).toEqual(["link"]);
    const ofPersonal = await listLinkTasks(own.ctx, { linkId: personal.linkId });
    expect(ofPersonal.items.map(({ patientId: id, origin }) => [id, origin])).toEqual([
      [patientId, null],
      [patientId, null],
    ]);
  });

  it("a form response is shown on request, when it came through the link, and audited", async () => {
    const { linkId, heroLinkId } = await formLinkFor(own, undefined);
    const patientId = await newPatient();
    const formResponseId = await createFormResponse(practiceGroupId, {
      patientId,
      linkId: heroLinkId,
    });
    const input = { linkId, formResponseId };
    await expect(showFormResponse(own.ctx, input)).rejects.toThrow(NotFoundError);
    const { tenantId, environment } = own.ctx;
    await db.tenant(own.ctx, (tx) =>
      tx.insert(linkFormResponses).values({
        ...{ tenantId, environment, linkId, practiceId: own.practiceId, readAt: new Date() },
        heroFormResponseId: formResponseId,
      }),
    );
    expect(await listFormResponses(own.ctx, { linkId })).toMatchObject([{ id: formResponseId }]);
    expect(await showFormResponse(own.ctx, input)).toMatchObject({ patientId });
    const [row] = await superuser<{ details: unknown }[]>`
      select details from audit_events
      where tenant_id = ${tenantId} and action = 'form_response.shown'`;
    expect(row?.details).toEqual({ formResponseId, patientId });
    const body = JSON.stringify({ id: Number(formResponseId), short_link_id: 1 });
    await fail("getFormResponse", { status: 200, body });
    await expect(showFormResponse(own.ctx, input)).rejects.toMatchObject({
      code: "unreadable_reply",
    });
  });
});

describe("other organisations and roles", () => {
  it("another organisation finds neither the practice nor a message or link", async () => {
    const task = await newTask();
    const stranger = other.ctx;
    // The organisation's own message, in rows that another test does not have.
    const { ctx, practiceId } = await connect((await createTenantPair()).first);
    const { messageId } = await insertMessageRows(ctx, practiceId);
    const input = { practiceId: own.practiceId, taskId: task.id };
    await expect(listPracticeTasks(stranger, input)).rejects.toThrow(NotFoundError);
    await expect(showTask(stranger, input)).rejects.toThrow(NotFoundError);
    await expect(change(task, {}, { ...own, ctx: stranger })).rejects.toThrow(NotFoundError);
    await expect(listMessageTasks(stranger, { messageId })).rejects.toThrow(NotFoundError);
  });

  it("a viewer sees no tasks and changes none", async () => {
    const viewer = await own.tenant.asRole("viewer");
    const task = await newTask();
    const { practiceId } = own;
    await expect(listPracticeTasks(viewer, { practiceId })).rejects.toThrow(ForbiddenError);
    await expect(change(task, {}, { ...own, ctx: viewer })).rejects.toThrow(ForbiddenError);
    await expect(listPracticeAutomatedMessages(viewer, { practiceId })).rejects.toThrow(
      ForbiddenError,
    );
  });
});

describe("what Hero sends by itself", () => {
  it("the list has no texts; one is shown on request and audited", async () => {
    const { practiceId } = own;
    const { items } = await listPracticeAutomatedMessages(own.ctx, { practiceId });
    const welcome = items.find(({ type }) => type === "registration_welcome");
    expect(welcome).toMatchObject({ status: "SENT", channel: "email" });
    expect(JSON.stringify(items)).not.toContain("Welcome to");
    const automatedMessageId = welcome?.id ?? "";
    const { text } = await showAutomatedMessage(own.ctx, { practiceId, automatedMessageId });
    expect(text).toContain("Welcome to");
    const [row] = await superuser<{ details: unknown }[]>`
      select details from audit_events
      where tenant_id = ${own.ctx.tenantId} and action = 'automated_message.shown'`;
    expect(row?.details).toEqual({ automatedMessageId, patientId: welcome?.patientId });
  });
});
