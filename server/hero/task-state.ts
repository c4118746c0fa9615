import "server-only";
import type { TaskUpdate } from "./generated";

/** `unknown` is a word of Hero's that is not documented, or none. */
export type HeroTaskState = NonNullable<TaskUpdate["status"]> | "unknown";
export type HeroTaskPriority = NonNullable<TaskUpdate["priority"]>;

const states = { open: "open", in_progress: "in_progress", closed: "closed" } as const;
const priorities = {
  lowest: "lowest",
  low: "low",
  medium: "medium",
  high: "high",
  highest: "highest",
} as const;
const assigneeKinds = { admin: "admin", admin_team: "team", adminteam: "team" } as const;

function find<Value>(table: Readonly<Record<string, Value>>, word: string | null) {
  const name = (word ?? "")
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The state for Hero's word, in any case. */
export const taskStateOf = (word: string | null): HeroTaskState => find(states, word) ?? "unknown";

/** Null when Hero does not say, or uses another word. */
export const taskPriorityOf = (word: string | null): HeroTaskPriority | null =>
  find(priorities, word) ?? null;

/** Who an assignee is; Hero writes `admin_team` and `AdminTeam` (assumption 72). */
export const assigneeKindOf = (word: string | null): "admin" | "team" | "unknown" =>
  find(assigneeKinds, word) ?? "unknown";
