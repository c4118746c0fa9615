import type { Practice, TaskRecord } from "./model";
import type { SandboxState } from "./sandbox-state";

type NewTask = Pick<TaskRecord, "practiceGroupId" | "patientId" | "label" | "category"> &
  Partial<Pick<TaskRecord, "details" | "formResponseId" | "linkId" | "messageId">>;

/** A new task in the practice's inbox: open, of medium priority, for nobody yet. */
export function addTask(sandbox: SandboxState, task: NewTask): TaskRecord {
  const record: TaskRecord = {
    id: sandbox.nextId("task"),
    status: "open",
    priority: "medium",
    assignee: null,
    details: null,
    formResponseId: null,
    linkId: null,
    messageId: null,
    createdAtMs: sandbox.clock.nowMs(),
    ...task,
  };
  sandbox.tasks.set(record.id, record);
  return record;
}

export const findTaskOfPractice = (
  sandbox: SandboxState,
  { practiceGroupId }: Practice,
  id: string,
): TaskRecord | undefined => {
  const task = sandbox.tasks.get(id);
  return task?.practiceGroupId === practiceGroupId ? task : undefined;
};

/** The people who work at a practice. */
export const staffOf = ({ ordinal, slug }: Practice) =>
  [
    ["Amira", "Hassan"],
    ["Ben", "Okafor"],
    ["Carys", "Lloyd"],
  ].map(([firstName = "", lastName = ""], index) => ({
    id: String(80_000 + ordinal * 100 + index + 1),
    firstName,
    lastName,
    email: `${firstName}.${lastName}@${slug}.example`.toLowerCase(),
  }));
