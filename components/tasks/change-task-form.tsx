"use client";

import { type FormEvent, useState } from "react";
import { portalClient } from "@/components/client";
import { SelectField } from "@/components/forms/select-field";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { ProductionWarning } from "@/components/shell/production-warning";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type {
  RelatedTasks,
  TaskChangeResult,
  TaskPriority,
  TaskState,
  TaskView,
} from "@/server/schemas/tasks";
import { describeAssignee, taskPriorityNames, taskStateNames } from "./labels";

type ChangeTaskFormProps = {
  scope: PortalScope;
  practiceId: string;
  task: TaskView;
  staff: RelatedTasks["staff"];
  onResult: (result: TaskChangeResult) => void;
  onCancel: () => void;
};

/** Changes a task's status, priority and assignee in Hero. What is left as it is, is not sent. */
export function ChangeTaskForm(props: ChangeTaskFormProps) {
  const { scope, practiceId, task, staff, onResult, onCancel } = props;
  const [state, setState] = useState<TaskState | "">(task.state === "unknown" ? "" : task.state);
  const [priority, setPriority] = useState<TaskPriority | "">(task.priority ?? "");
  const isListed = staff.items.some(({ id }) => id === task.assignee.id);
  const [adminId, setAdminId] = useState(isListed ? (task.assignee.id ?? "") : "");
  const save = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    onResult(
      await client.tasks.update.mutate({
        practiceId,
        taskId: task.id,
        version: task.version,
        ...(state && { state }),
        ...(priority && { priority }),
        adminId,
      }),
    );
    return "navigating";
  });

  return (
    <form
      method="post"
      aria-label="Change the task"
      className="mt-3 flex flex-col gap-4 rounded-lg border border-line bg-sunken p-4"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        save.run();
      }}
    >
      <div className="grid gap-4 sm:grid-cols-3">
        <SelectField
          label="Status"
          name={`state-${task.id}`}
          value={state}
          options={[
            ...(task.state === "unknown" ? [["", task.heroStatus ?? "Not known"] as const] : []),
            ...Object.entries(taskStateNames),
          ]}
          onChange={(value) => setState(value as TaskState | "")}
        />
        <SelectField
          label="Priority"
          name={`priority-${task.id}`}
          value={priority}
          options={[
            ...(task.priority === null ? [["", "As it is in Hero"] as const] : []),
            ...Object.entries(taskPriorityNames),
          ]}
          onChange={(value) => setPriority(value as TaskPriority | "")}
        />
        <SelectField
          label="Assigned to"
          name={`assignee-${task.id}`}
          value={adminId}
          options={[
            ...(isListed ? [] : [["", describeAssignee(task)] as const]),
            ...staff.items.map(({ id, name }) => [id, name ?? `Person ${id}`] as const),
          ]}
          onChange={setAdminId}
        />
      </div>
      {staff.problem ? (
        <p className="text-sm text-muted">
          The practice&apos;s people could not all be read. {staff.problem}
        </p>
      ) : null}
      {save.problem ? (
        <Notice tone="danger" role="alert" title="The task was not changed">
          {save.problem}
        </Notice>
      ) : null}
      <div className="flex flex-col-reverse gap-2 sm:flex-row">
        <Button size="sm" onClick={onCancel}>
          Cancel
        </Button>
        <ProductionWarning
          environment={scope.environment}
          text="This changes the task in the practice's inbox in Hero."
        >
          <Button size="sm" type="submit" variant="primary" pending={save.pending}>
            {save.pending ? "Saving…" : "Save task"}
          </Button>
        </ProductionWarning>
      </div>
    </form>
  );
}
