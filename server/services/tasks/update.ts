import "server-only";
import { db, type Transaction } from "@/db/client";
import { ConflictError, InvalidInputError, RateLimitedError } from "../../errors";
import { refusalOf } from "../../hero/errors";
import { getTask, type HeroTask, updateTask } from "../../hero/tasks";
import type { AuditAction } from "../../schemas/activity";
import type { TaskChangeResult, TaskField, UpdateTaskInput } from "../../schemas/tasks";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { callHeroForPractice } from "../hero-calls/call";
import { fetchFromHero } from "../hero-calls/fetch";
import { recordCallsForPractice } from "../hero-calls/record";
import { recordChange } from "../live/record-change";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { consumeRateLimit, resetRateLimit } from "../rate-limits";
import { readStaff, toTaskView } from "./view";

/**
 * Changes a task at Hero: reads it, sends what is different once, and reads it again. The result is what
 * Hero's record shows. Nothing is sent when the task is not the version that the person saw.
 *
 * @throws NotFoundError
 * @throws InvalidInputError on `adminId` unless they are one of the practice's people
 * @throws ConflictError while another change of the task runs
 * @throws HeroError when nothing was changed
 */
export async function changeTask(
  ctx: TenantContext,
  input: UpdateTaskInput,
): Promise<TaskChangeResult> {
  requirePermission(ctx, "tasks.update");
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, input.practiceId));
  // Two changes at once would both find the version they saw, and the later would undo the earlier unseen.
  const key = `${ctx.tenantId}/${ctx.environment}/${practice.id}/${input.taskId}`;
  await consumeRateLimit("task-change", key).catch((error: unknown) => {
    if (!(error instanceof RateLimitedError)) throw error;
    throw new ConflictError(
      "Someone is changing this task now. Nothing was sent. Try again shortly.",
    );
  });
  try {
    return await applyChange(ctx, practice, input);
  } finally {
    await resetRateLimit("task-change", key);
  }
}

/** Whether a task shows a change; null when Hero does not say. */
const shows: Record<TaskField, (task: HeroTask, input: UpdateTaskInput) => boolean | null> = {
  state: (task, input) => task.state === input.state,
  priority: (task, input) => (task.priority === null ? null : task.priority === input.priority),
  adminId: ({ assignee }, input) =>
    assignee.kind === "unknown" ? null : assignee.kind === "admin" && assignee.id === input.adminId,
};

async function applyChange(
  ctx: TenantContext,
  practice: PracticeWithKey,
  input: UpdateTaskInput,
): Promise<TaskChangeResult> {
  const { taskId } = input;
  const { before, staff } = await fetchFromHero(ctx, practice.id, async (hero) => ({
    before: await getTask(hero, taskId),
    ...(await readStaff(hero)),
  }));
  const view = (task: HeroTask) => toTaskView(task, staff);
  const nothing = { notSaved: [], notShown: [] };
  if (view(before).version !== input.version) {
    return { outcome: "changed_since", task: view(before), ...nothing };
  }
  const fields = ["state", "priority", "adminId"] as const;
  const changed = fields.filter((field) => input[field] && shows[field](before, input) !== true);
  if (changed.length === 0) return { outcome: "saved", task: view(before), ...nothing };
  const isNewAssignee = changed.includes("adminId");
  if (isNewAssignee && !staff.some(({ id }) => id === input.adminId)) {
    throw new InvalidInputError("adminId", "Select one of the practice's people.");
  }
  const audit = (tx: Transaction, action: AuditAction, changedFields: readonly TaskField[]) =>
    recordTaskAudit(tx, ctx, { practice, task: before, action, fields: changedFields });
  await db.tenant(ctx, (tx) => audit(tx, "task.change_requested", changed));

  const update = await callHeroForPractice(ctx, practice, (hero) =>
    updateTask(hero, taskId, {
      ...(changed.includes("state") && { status: input.state }),
      ...(changed.includes("priority") && { priority: input.priority }),
      ...(isNewAssignee && { adminId: input.adminId }),
    }),
  );
  if (!update.ok && update.error.writeOutcome === "no") {
    await db.tenant(ctx, async (tx) => {
      await recordCallsForPractice(tx, ctx, practice, update.records);
      await audit(tx, "task.change_not_made", changed);
    });
    throw update.error;
  }
  // A status proves nothing: Hero may accept a field and leave it as it was.
  const reading = await callHeroForPractice(ctx, practice, (hero) => getTask(hero, taskId));
  return db.tenant(ctx, async (tx): Promise<TaskChangeResult> => {
    await recordCallsForPractice(tx, ctx, practice, [...update.records, ...reading.records]);
    await recordChange(tx, ctx, "tasks");
    if (!reading.ok) {
      await audit(tx, "task.change_unknown", changed);
      return { outcome: "unknown", task: null, ...nothing };
    }
    const after = reading.result;
    const notSaved = changed.filter((field) => shows[field](after, input) === false);
    const notShown = changed.filter((field) => shows[field](after, input) === null);
    const saved = changed.filter((field) => shows[field](after, input) === true);
    if (saved.length > 0) await audit(tx, "task.changed", saved);
    const result = { task: view(after), notSaved, notShown };
    // Without a reply Hero may still be at work. With a refusal it has finished.
    const isOpen = !update.ok && refusalOf(update.error.code) === undefined;
    const unproven = isOpen ? [...notSaved, ...notShown] : update.ok ? [] : notShown;
    if (unproven.length > 0) {
      await audit(tx, "task.change_unknown", unproven);
      return { outcome: "unknown", ...result };
    }
    if (notSaved.length === 0) return { outcome: "saved", ...result };
    await audit(tx, "task.change_not_made", notSaved);
    return { outcome: saved.length > 0 ? "saved_in_part" : "not_saved", ...result };
  });
}

/** Names the fields, not what was in them. */
const recordTaskAudit = (
  tx: Transaction,
  ctx: TenantContext,
  change: {
    practice: PracticeWithKey;
    task: HeroTask;
    action: AuditAction;
    fields: readonly TaskField[];
  },
) =>
  recordAudit(
    tx,
    ctx,
    change.action,
    { type: "practice", id: change.practice.id, label: change.practice.name },
    {
      taskId: change.task.id,
      patientId: change.task.patientId,
      fields: change.fields.join(", "),
    },
  );
