import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { linkFormResponses } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { type HeroTask, getTask, listTasks } from "../../hero/tasks";
import type {
  LinkTasksInput,
  ListTasksInput,
  MessageTasksInput,
  RelatedTasks,
  TaskDetails,
  TaskInput,
  TaskPage,
  TaskView,
} from "../../schemas/tasks";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { fetchFromHero } from "../hero-calls/fetch";
import { loadLink } from "../links/load-link";
import { loadMessage, loadPracticeName } from "../messages/load";
import { patientNameOf, readStaff, toStaffView, toTaskView } from "./view";

/** Tasks and people of a practice, read from Hero now. @throws NotFoundError, HeroError */
const readTasks = (ctx: TenantContext, practiceId: string) =>
  fetchFromHero(ctx, practiceId, async (hero) => {
    const { tasks, isComplete } = await listTasks(hero);
    return { tasks: newestFirst(tasks), isComplete, ...(await readStaff(hero)) };
  });

/** As Hero sorts them unless all have a time. */
function newestFirst(tasks: HeroTask[]): HeroTask[] {
  if (tasks.some(({ createdAt }) => createdAt === null)) return tasks;
  const idOf = ({ id }: HeroTask) => id.padStart(100, "0");
  return tasks.toSorted(
    (a, b) =>
      (b.createdAt ?? "").localeCompare(a.createdAt ?? "") || idOf(b).localeCompare(idOf(a)),
  );
}

const tasksPerPage = 50;

/**
 * The practice's tasks at Hero that match the filters, newest first. Hero has no filters, so all tasks are
 * read each time.
 *
 * @throws NotFoundError unless the practice is connected
 * @throws HeroError
 */
export async function listPracticeTasks(
  ctx: TenantContext,
  { practiceId, state, assignee, page = 0 }: ListTasksInput,
): Promise<TaskPage> {
  requirePermission(ctx, "messages.read");
  const { tasks, isComplete, staff, problem } = await readTasks(ctx, practiceId);
  const views = tasks
    .map((task) => toTaskView(task, staff))
    .filter(
      (task) =>
        (!state || task.state === state) &&
        (!assignee ||
          (assignee === "nobody"
            ? task.assignee.kind === "nobody"
            : task.assignee.kind === "admin" && task.assignee.id === assignee)),
    );
  const start = page * tasksPerPage;
  return {
    items: views.slice(start, start + tasksPerPage),
    total: views.length,
    hasNextPage: views.length > start + tasksPerPage,
    isComplete,
    staff: toStaffView({ staff, problem }),
  };
}

const maxRelated = 50;

async function readRelated(
  ctx: TenantContext,
  practiceId: string,
  originOf: (task: HeroTask) => TaskView["origin"] | undefined,
): Promise<RelatedTasks> {
  const { tasks, isComplete, staff, problem } = await readTasks(ctx, practiceId);
  const items = tasks.flatMap((task) => {
    const origin = originOf(task);
    return origin === undefined ? [] : [toTaskView(task, staff, origin)];
  });
  return {
    practiceId,
    items: items.slice(0, maxRelated),
    isComplete: isComplete && items.length <= maxRelated,
    staff: toStaffView({ staff, problem }),
  };
}

/**
 * The tasks of a message's patient, newest first. Which of them came from the message is known only when
 * Hero says so (assumption 72).
 *
 * @throws NotFoundError, HeroError
 */
export async function listMessageTasks(
  ctx: TenantContext,
  { messageId }: MessageTasksInput,
): Promise<RelatedTasks> {
  requirePermission(ctx, "messages.read");
  const { message, heroLinkId } = await db.read(ctx, async (tx) => {
    const message = await loadMessage(tx, ctx, messageId);
    const [link] = message.linkId
      ? await tx
          .select({ heroLinkId: links.heroLinkId })
          .from(links)
          .where(and(inScope(links, ctx), eq(links.id, message.linkId)))
      : [];
    return { message, heroLinkId: link?.heroLinkId ?? null };
  });
  return readRelated(ctx, message.practiceId, (task) => {
    // Also when Hero says that another patient's task came from the message.
    if (task.patientId !== message.patientId) return undefined;
    if (task.messageId !== null && task.messageId === message.heroMessageId) return "message";
    return task.linkId !== null && task.linkId === heroLinkId ? "link" : null;
  });
}

/**
 * The tasks that Hero says came from a link or from a form sent through it, and all of the link's patient if
 * it is for one; newest first.
 *
 * @throws NotFoundError, HeroError
 */
export async function listLinkTasks(
  ctx: TenantContext,
  { linkId }: LinkTasksInput,
): Promise<RelatedTasks> {
  requirePermission(ctx, "messages.read");
  const { link, formResponseIds } = await db.read(ctx, async (tx) => {
    const link = await loadLink(tx, ctx, linkId);
    const responses = await tx
      .select({ id: linkFormResponses.heroFormResponseId })
      .from(linkFormResponses)
      .where(and(inScope(linkFormResponses, ctx), eq(linkFormResponses.linkId, linkId)));
    return { link, formResponseIds: new Set(responses.map(({ id }) => id)) };
  });
  // Of a link that was found on Hero's list and is not theirs, nothing is known.
  const heroLinkId = link.outcome === "active" ? link.heroLinkId : null;
  return readRelated(ctx, link.practiceId, (task) => {
    if (link.patientId !== null && task.patientId !== link.patientId) return undefined;
    const isOfLink = task.linkId !== null && task.linkId === heroLinkId;
    const isOfForm = task.formResponseId !== null && formResponseIds.has(task.formResponseId);
    if (isOfLink || isOfForm) return "link";
    return link.patientId === null ? undefined : null;
  });
}

/** What a task says of its patient, for a person who asks to see it. @throws NotFoundError, HeroError */
export async function showTask(
  ctx: TenantContext,
  { practiceId, taskId }: TaskInput,
): Promise<TaskDetails> {
  requirePermission(ctx, "messages.read");
  const task = await fetchFromHero(ctx, practiceId, (hero) => getTask(hero, taskId));
  return db.tenant(ctx, async (tx) => {
    const label = await loadPracticeName(tx, ctx, practiceId);
    const subject = { type: "practice", id: practiceId, label } as const;
    await recordAudit(tx, ctx, "task.shown", subject, { taskId, patientId: task.patientId });
    return { patientName: patientNameOf(task), details: task.details };
  });
}
