import "server-only";
import {
  formResponseDetails,
  formResponseInput,
  linkFormResponseList,
  linkTasksInput,
  listTasksInput,
  messageTasksInput,
  relatedTasks,
  taskChangeResult,
  taskDetails,
  taskInput,
  taskPage,
  updateTaskInput,
} from "../schemas/tasks";
import { listFormResponses, showFormResponse } from "../services/tasks/form-responses";
import {
  listLinkTasks,
  listMessageTasks,
  listPracticeTasks,
  showTask,
} from "../services/tasks/read";
import { changeTask } from "../services/tasks/update";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const tasksRouter = createPortalRouter({
  list: procedureFor("messages.read")
    .input(listTasksInput)
    .output(taskPage)
    .query(({ ctx, input }) => listPracticeTasks(ctx.tenant, input)),
  listForMessage: procedureFor("messages.read")
    .input(messageTasksInput)
    .output(relatedTasks)
    .query(({ ctx, input }) => listMessageTasks(ctx.tenant, input)),
  listForLink: procedureFor("messages.read")
    .input(linkTasksInput)
    .output(relatedTasks)
    .query(({ ctx, input }) => listLinkTasks(ctx.tenant, input)),
  // Mutations: each time something of a patient is shown is audited.
  show: procedureFor("messages.read")
    .input(taskInput)
    .output(taskDetails)
    .mutation(({ ctx, input }) => showTask(ctx.tenant, input)),
  update: procedureFor("tasks.update")
    .input(updateTaskInput)
    .output(taskChangeResult)
    .mutation(({ ctx, input }) => changeTask(ctx.tenant, input)),
  formResponses: procedureFor("links.read")
    .input(linkTasksInput)
    .output(linkFormResponseList)
    .query(({ ctx, input }) => listFormResponses(ctx.tenant, input)),
  showFormResponse: procedureFor("messages.read")
    .input(formResponseInput)
    .output(formResponseDetails)
    .mutation(({ ctx, input }) => showFormResponse(ctx.tenant, input)),
});
