import type {
  GetTaskResponse,
  ListAdminsResponse,
  ListTasksResponse,
  Task,
  UpdateTaskResponse,
} from "@/server/hero/generated";
import { z } from "zod";
import type { TaskRecord } from "../state/model";
import type { SandboxState } from "../state/sandbox-state";
import { findTaskOfPractice, staffOf } from "../state/tasks";
import { idField } from "./fields";
import { defineOperation } from "./operation";
import { booleanParam, paginate } from "./pagination";
import { invalidField, notFound, parseInput } from "./problem";

const taskUpdate = z.object({
  status: z.enum(["open", "closed", "in_progress"]).optional(),
  priority: z.enum(["lowest", "low", "medium", "high", "highest"]).optional(),
  assignee_type: z.enum(["admin", "admin_team"]).optional(),
  assignee_id: idField.optional(),
});

const orderInput = z.object({ order_by: z.literal("first_name").optional() });

export const taskOperations = [
  defineOperation<ListTasksResponse>({
    operationId: "listTasks",
    method: "GET",
    path: "/v2/tasks",
    scope: "messaging",
    handle: ({ sandbox, practice, query }) => {
      const { practiceGroupId } = practice;
      const newestFirst = [...sandbox.tasks.values()]
        .filter((task) => task.practiceGroupId === practiceGroupId)
        .reverse();
      const { data, count } = paginate(newestFirst, query);
      return { data: data.map((task) => taskView(sandbox, task)), count };
    },
  }),
  defineOperation<GetTaskResponse>({
    operationId: "getTask",
    method: "GET",
    path: "/v2/tasks/{id}",
    scope: "messaging",
    handle: ({ sandbox, practice, id }) => {
      const task = findTaskOfPractice(sandbox, practice, id);
      if (!task) throw notFound("Task");
      return taskView(sandbox, task);
    },
  }),
  defineOperation<UpdateTaskResponse>({
    operationId: "updateTask",
    method: "PATCH",
    path: "/v1/tasks/{id}",
    scope: "messaging",
    handle: ({ sandbox, practice, id, body }) => {
      const task = findTaskOfPractice(sandbox, practice, id);
      if (!task) throw notFound("Task");
      const { status, priority, assignee_type, assignee_id } = parseInput(taskUpdate, body);
      if (assignee_id !== undefined) {
        const type = assignee_type ?? "admin";
        const isKnown =
          type === "admin_team" || staffOf(practice).some((each) => each.id === assignee_id);
        if (!isKnown) throw invalidField(["assignee_id"], "custom", "an admin of the practice");
        task.assignee = { type, id: assignee_id };
      }
      task.status = status ?? task.status;
      task.priority = priority ?? task.priority;
      return { data: { id: task.id } };
    },
  }),
  defineOperation<ListAdminsResponse>({
    operationId: "listAdmins",
    method: "GET",
    path: "/v1/admins",
    scope: null,
    handle: ({ practice, query }) => {
      parseInput(orderInput, { order_by: query.get("order_by") ?? undefined });
      const staff = staffOf(practice).map(({ id, firstName, lastName, email }) => ({
        id,
        first_name: firstName,
        last_name: lastName,
        email,
        external_prescriber_id: null,
      }));
      const isDescending = booleanParam(query, "order_descending") ?? false;
      return paginate(isDescending ? staff.reverse() : staff, query);
    },
  }),
];

/** Hero documents the fields up to the patient's date of birth. */
function taskView(sandbox: SandboxState, task: TaskRecord): Task {
  const patient = sandbox.patients.get(task.patientId);
  return {
    id: task.id,
    type_label: task.label,
    status: task.status,
    details: task.details,
    category: task.category,
    patient: {
      id: task.patientId,
      ehr_partner_id: patient?.ehrPartnerId ?? null,
      deceased_at: patient?.person.deceasedOn ?? null,
      dob: patient?.person.dateOfBirth ?? null,
      first_name: patient?.person.firstName ?? null,
      last_name: patient?.person.lastName ?? null,
    },
    // Not documented.
    priority: task.priority,
    assignee_type: task.assignee?.type ?? null,
    assignee_id: task.assignee?.id ?? null,
    form_response_id: task.formResponseId,
    short_link_id: task.linkId,
    message_id: task.messageId,
    created_at: new Date(task.createdAtMs).toISOString(),
  };
}
