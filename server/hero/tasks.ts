import "server-only";
import { z } from "zod";
import { HeroError } from "./errors";
import type { TaskUpdate } from "./generated";
import { heroId } from "./ids";
import { readPages } from "./read-pages";
import { type HeroConnection, request } from "./request";
import { assigneeKindOf, type HeroTaskPriority, taskPriorityOf, taskStateOf } from "./task-state";
import { timestamp } from "./timestamp";

const word = z.string().trim().min(1).max(200).nullish().catch(null);
const maybeId = heroId.nullish().catch(null);

/**
 * Of a task Hero documents the ID, label, category, status, details and the patient's ID. All other fields
 * are guesses (assumption 72), which are used when they have the likely shape.
 */
const task = z
  .object({
    id: heroId,
    type_label: word,
    category: word,
    status: word,
    details: z.string().max(20_000).nullish().catch(null),
    patient: z.object({ id: maybeId, first_name: word, last_name: word }).nullish().catch(null),
    priority: word,
    assignee_id: heroId.nullable().optional().catch(undefined),
    assignee_type: word,
    form_response_id: maybeId,
    short_link_id: maybeId,
    message_id: maybeId,
    created_at: timestamp.nullish().catch(null),
  })
  .transform((found) => ({
    id: found.id,
    label: found.type_label ?? null,
    category: found.category ?? null,
    /** Hero's own word. */
    status: found.status ?? null,
    state: taskStateOf(found.status ?? null),
    /** May have the patient's own words. */
    details: found.details?.trim() || null,
    /** The caller compares it; null when Hero does not say. */
    patientId: found.patient?.id ?? null,
    firstName: found.patient?.first_name ?? null,
    lastName: found.patient?.last_name ?? null,
    priority: taskPriorityOf(found.priority ?? null),
    assignee: readAssignee(found.assignee_id, found.assignee_type ?? null),
    formResponseId: found.form_response_id ?? null,
    linkId: found.short_link_id ?? null,
    messageId: found.message_id ?? null,
    createdAt: found.created_at ?? null,
  }));

export type HeroTask = z.infer<typeof task>;

/** `nobody` is certain; `unknown` means that Hero does not say. */
type HeroTaskAssignee =
  | { readonly kind: "nobody" }
  | { readonly kind: "unknown" }
  | { readonly kind: "admin" | "team"; readonly id: string };

function readAssignee(id: string | null | undefined, type: string | null): HeroTaskAssignee {
  if (id === null) return { kind: "nobody" };
  const kind = assigneeKindOf(type);
  return id === undefined || kind === "unknown" ? { kind: "unknown" } : { kind, id };
}

/** `GET /v2/tasks/{id}`. A reply with another ID is not believed. */
export async function getTask(hero: HeroConnection, id: string): Promise<HeroTask> {
  const operation = { name: "getTask", method: "GET", path: "/v2/tasks/{id}" } as const;
  const found = await request(hero, operation, { path: { id } }, task);
  if (found.id !== id) throw new HeroError("unreadable_reply", operation.name);
  return found;
}

const maxPages = 20;

/**
 * `GET /v2/tasks`: the practice's tasks. Hero documents no filters and no pages: pages are requested only
 * when `count` says that there are more (assumption 73). A task that cannot be read is left out, and the list
 * is not complete then.
 *
 * @throws HeroError when the first page cannot be read
 */
export async function listTasks(
  hero: HeroConnection,
): Promise<{ tasks: HeroTask[]; isComplete: boolean }> {
  const operation = { name: "listTasks", method: "GET", path: "/v2/tasks" } as const;
  const reply = z
    .object({ data: z.array(task.nullable().catch(null)), count: z.number().nullish() })
    .transform(({ data, count }) => {
      const tasks = data.filter((each) => each !== null);
      return { data: tasks, unreadable: data.length - tasks.length, count };
    });
  let size = 0;
  const { items, isComplete } = await readPages(async (index) => {
    const query = index === 0 ? undefined : { page_index: index, page_size: size };
    const page = await request(hero, operation, { query }, reply);
    if (index === 0) size = page.data.length + page.unreadable;
    return page;
  }, maxPages);
  return { tasks: items, isComplete };
}

/** What the portal may change in a task. A task cannot be given back: Hero documents no empty assignee. */
export type TaskChange = {
  readonly status?: NonNullable<TaskUpdate["status"]>;
  readonly priority?: HeroTaskPriority;
  /** One of `listAdmins`. */
  readonly adminId?: string;
};

/**
 * `PATCH /v1/tasks/{id}`. The reply has the ID only, so read the task afterwards. After an error whose
 * `writeOutcome` is `"unknown"` the task may have changed.
 */
export async function updateTask(
  hero: HeroConnection,
  id: string,
  { status, priority, adminId }: TaskChange,
): Promise<void> {
  const operation = { name: "updateTask", method: "PATCH", path: "/v1/tasks/{id}" } as const;
  const body: TaskUpdate = {
    status,
    priority,
    ...(adminId !== undefined && { assignee_type: "admin", assignee_id: adminId }),
  };
  const reply = z.object({ data: z.object({ id: heroId }) });
  const { data } = await request(hero, operation, { path: { id }, body }, reply);
  if (data.id !== id) throw new HeroError("unreadable_reply", operation.name);
}
