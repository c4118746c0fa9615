import type { TaskField, TaskPriority, TaskState, TaskView } from "@/server/schemas/tasks";

export const taskStateNames: Record<TaskState, string> = {
  open: "Open",
  in_progress: "In progress",
  closed: "Closed",
};

export const taskPriorityNames: Record<TaskPriority, string> = {
  highest: "Highest",
  high: "High",
  medium: "Medium",
  low: "Low",
  lowest: "Lowest",
};

const taskFieldNames: Record<TaskField, string> = {
  state: "status",
  priority: "priority",
  adminId: "who it is assigned to",
};

const listFormat = new Intl.ListFormat("en-GB");

/** "status and priority" */
export const listFieldNames = (fields: readonly TaskField[]) =>
  listFormat.format(fields.map((field) => taskFieldNames[field]));

export function describeAssignee({ assignee }: TaskView): string {
  if (assignee.kind === "nobody") return "Nobody";
  if (assignee.kind === "unknown") return "Hero does not say";
  return assignee.name ?? `${assignee.kind === "team" ? "Team" : "Person"} ${assignee.id ?? ""}`;
}

/** What Hero calls the task, which says nothing about the patient. */
export const taskTitle = ({ label, category }: Pick<TaskView, "label" | "category">) =>
  label ?? category ?? "Task";
