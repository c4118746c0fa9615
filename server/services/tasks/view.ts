import "server-only";
import { fingerprint } from "../../crypto/tokens";
import { type HeroAdmin, listAdmins } from "../../hero/admins";
import { HeroError } from "../../hero/errors";
import type { HeroConnection } from "../../hero/request";
import type { HeroTask } from "../../hero/tasks";
import { maskName } from "../../schemas/patient-mask";
import type { TaskPage, TaskView } from "../../schemas/tasks";

const assigneeIdOf = ({ assignee }: HeroTask) => ("id" in assignee ? assignee.id : null);

export const patientNameOf = ({ firstName, lastName }: HeroTask): string | null =>
  [firstName, lastName].filter(Boolean).join(" ") || null;

/** What a person may change, and what a change refuses to overwrite unseen. */
const versionOf = (task: HeroTask) =>
  fingerprint(JSON.stringify([task.status, task.priority, task.assignee.kind, assigneeIdOf(task)]));

export function toTaskView(
  task: HeroTask,
  staff: readonly HeroAdmin[],
  origin: TaskView["origin"] = null,
): TaskView {
  const { id, label, category, state, status, priority, assignee, patientId, createdAt } = task;
  const name = patientNameOf(task);
  const assigneeId = assigneeIdOf(task);
  return {
    id,
    version: versionOf(task),
    label,
    category,
    state,
    heroStatus: status,
    priority,
    assignee: {
      kind: assignee.kind,
      id: assigneeId,
      name:
        assignee.kind === "admin"
          ? (staff.find((each) => each.id === assigneeId)?.name ?? null)
          : null,
    },
    patientId,
    patientName: name && maskName(name),
    hasDetails: task.details !== null,
    createdAt,
    origin,
  };
}

/** The practice's people. Tasks can be read without their names, so a failure is a sentence. */
export async function readStaff(
  hero: HeroConnection,
): Promise<{ staff: HeroAdmin[]; problem: string | null }> {
  try {
    const { admins, isComplete } = await listAdmins(hero);
    return {
      staff: admins,
      problem: isComplete ? null : "Hero did not send all of the practice's people.",
    };
  } catch (error) {
    if (!(error instanceof HeroError)) throw error;
    return { staff: [], problem: error.message };
  }
}

export const toStaffView = ({
  staff,
  problem,
}: Awaited<ReturnType<typeof readStaff>>): TaskPage["staff"] => ({ items: staff, problem });
