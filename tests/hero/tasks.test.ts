import { beforeAll, describe, expect, it } from "vitest";
import { listAdmins } from "@/server/hero/admins";
import { bookAppointment, cancelAppointment, createAppointment } from "@/server/hero/appointments";
import { getAutomatedMessage, listAutomatedMessages } from "@/server/hero/automated-messages";
import { getFormResponse } from "@/server/hero/form-responses";
import { sendMessage } from "@/server/hero/messages";
import { listTasks, getTask, updateTask } from "@/server/hero/tasks";
import type { HeroConnection } from "@/server/hero/request";
import { fetchSlots } from "@/server/hero/slots";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { sandboxUrl } from "../setup/database";
import {
  createFormResponse,
  createPatientCase,
  getSandboxPractice,
  inDialect,
  injectFault,
  listHeroCalls,
} from "../support/hero";
import { createAccess, practiceGroup } from "./fake-hero";

const practiceGroupId = "30183";

async function newPatient(): Promise<string> {
  const [patient] = (await createPatientCase(practiceGroupId, "found")).patients;
  if (!patient?.patientId) throw new Error("The case has no patient.");
  return patient.patientId;
}

describe.each([
  "first",
  "second",
  "second-only-bodies",
  "second-only-types",
  "second-only-casing",
  "second-only-pages",
  "second-only-numbers",
])("tasks with a Hero that speaks the %s dialect", (dialect) => {
  const hasBodies = dialect === "second" || dialect.endsWith("bodies");
  let access: HeroConnection;
  let apiKey: string;

  beforeAll(async () => {
    const practice = await getSandboxPractice(practiceGroupId, "c");
    apiKey = inDialect(practice.apiKey, dialect);
    ({ access } = createAccess({ apiKey, practiceGroupId: practiceGroup(practiceGroupId) }));
  });

  const taskOf = async (patientId: string) => {
    const { tasks } = await listTasks(access);
    const task = tasks.find((each) => each.patientId === patientId);
    if (!task) throw new Error("The patient has no task.");
    return task;
  };

  it("a submitted form becomes an open task of its patient", async () => {
    const patientId = await newPatient();
    const id = await createFormResponse(practiceGroupId, { patientId, answers: "120 over 80" });
    const task = await taskOf(patientId);
    expect(task).toMatchObject({
      state: "open",
      label: "Form",
      category: "questionnaire",
      details: "120 over 80",
      priority: hasBodies ? null : "medium",
      assignee: hasBodies ? { kind: "unknown" } : { kind: "nobody" },
      formResponseId: hasBodies ? null : id,
    });
    expect(await getTask(access, task.id)).toEqual(task);
    expect(await getFormResponse(access, id)).toMatchObject({ id, client_id: patientId });
  });

  it("a reply to a message becomes a task of its patient", async () => {
    const patientId = await newPatient();
    const text = { message_type: "sms", message_string: "How are you?" } as const;
    const { id } = await sendMessage(access, { ...text, patient_id: patientId });
    const body = JSON.stringify({ text: "Better, thank you." });
    await fetch(`${sandboxUrl}/_sandbox/messages/${id}/reply`, { method: "POST", body });
    expect(await taskOf(patientId)).toMatchObject({
      details: "Better, thank you.",
      messageId: hasBodies ? null : id,
      formResponseId: null,
    });
  });

  it("status, priority and assignee change, one by one and together", async () => {
    const patientId = await newPatient();
    await createFormResponse(practiceGroupId, { patientId });
    const { id } = await taskOf(patientId);
    const { admins, isComplete } = await listAdmins(access);
    expect(isComplete).toBe(true);
    expect(admins.map(({ name }) => name)).toContain("Amira Hassan");
    const admin = admins[1];
    await updateTask(access, id, { status: "in_progress" });
    expect((await getTask(access, id)).state).toBe("in_progress");
    await updateTask(access, id, { status: "closed", priority: "highest", adminId: admin?.id });
    const [bodies] = (await listHeroCalls(apiKey, "updateTask")).slice(-1);
    expect(bodies?.bodyFields.toSorted()).toEqual([
      "assignee_id",
      "assignee_type",
      "priority",
      "status",
    ]);
    expect(await getTask(access, id)).toMatchObject({
      state: "closed",
      priority: hasBodies ? null : "highest",
      assignee: hasBodies ? { kind: "unknown" } : { kind: "admin", id: admin?.id },
    });
  });

  it("what Hero sends by itself is listed and read", async () => {
    const patientId = await newPatient();
    const from = addDays(ukDateOf(new Date()), 1);
    const { slots } = await fetchSlots(access, { start_date: from, end_date: addDays(from, 13) });
    // Any: tests of other files book at this practice too.
    const slot = slots[Math.floor(Math.random() * slots.length)];
    if (!slot) throw new Error("There is no free slot.");
    const { appointment_type_id, location_id, practitioner_id, start_time, duration } = slot;
    const { id } = await createAppointment(access, {
      ...{ appointment_type_id, location_id, practitioner_id, start_time, duration },
      patient_id: patientId,
    });
    await bookAppointment(access, id, {});
    const { messages } = await listAutomatedMessages(access);
    const own = messages.filter(({ recipientId }) => recipientId === patientId);
    expect(new Set(own.map(({ type }) => type))).toEqual(
      new Set(["appointment_confirmation", "appointment_reminder"]),
    );
    const [first] = own;
    expect(await getAutomatedMessage(access, first?.id ?? "")).toEqual(first);
    expect(first?.text).toContain("Your appointment is at");
    await cancelAppointment(access, id, {}).catch(() => undefined);
  });
});

describe("tasks of other practices and lost replies", () => {
  it("a task of another practice is not found, and cannot be changed", async () => {
    const patientId = await newPatient();
    await createFormResponse(practiceGroupId, { patientId });
    const own = await getSandboxPractice(practiceGroupId, "c");
    const { access } = createAccess({ ...own, practiceGroupId: practiceGroup(practiceGroupId) });
    const task = (await listTasks(access)).tasks.find((each) => each.patientId === patientId);
    const other = await getSandboxPractice("30297", "c");
    const { access: stranger } = createAccess({
      ...other,
      practiceGroupId: practiceGroup("30297"),
    });
    const id = task?.id ?? "";
    await expect(getTask(stranger, id)).rejects.toMatchObject({ code: "not_found" });
    await expect(updateTask(stranger, id, { status: "closed" })).rejects.toMatchObject({
      code: "not_found",
      writeOutcome: "no",
    });
    expect((await listTasks(stranger)).tasks.map((each) => each.patientId)).not.toContain(
      patientId,
    );
    expect((await getTask(access, id)).state).toBe("open");
  });

  it("a change whose reply is lost is not sent again, and may have been made", async () => {
    const patientId = await newPatient();
    await createFormResponse(practiceGroupId, { patientId });
    const { apiKey } = await getSandboxPractice(practiceGroupId, "c");
    const { access } = createAccess({ apiKey, practiceGroupId: practiceGroup(practiceGroupId) });
    const task = (await listTasks(access)).tasks.find((each) => each.patientId === patientId);
    const id = task?.id ?? "";
    await injectFault({ operation: "updateTask", key: apiKey, reset: true, afterWork: true });
    await expect(updateTask(access, id, { status: "closed" })).rejects.toMatchObject({
      writeOutcome: "unknown",
    });
    expect(await listHeroCalls(apiKey, "updateTask")).toHaveLength(1);
    expect((await getTask(access, id)).state).toBe("closed");
  });
});
