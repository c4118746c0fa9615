"use client";

import { Eye, EyeOff, Pencil } from "lucide-react";
import { type ReactNode, useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Timestamp } from "@/components/ui/timestamp";
import type { RelatedTasks, TaskChangeResult, TaskDetails, TaskView } from "@/server/schemas/tasks";
import { ChangeResult } from "./change-result";
import { ChangeTaskForm } from "./change-task-form";
import { describeAssignee, taskPriorityNames, taskTitle } from "./labels";
import { TaskStateBadge } from "./state-badge";

type TaskItemProps = {
  scope: PortalScope;
  practiceId: string;
  task: TaskView;
  staff: RelatedTasks["staff"];
  canUpdate: boolean;
};

const originTexts = { message: "From this message", link: "From this link" };

/** A task: its status, priority and assignee. What the patient wrote is shown on request, which is audited. */
export function TaskItem({ scope, practiceId, task: listed, staff, canUpdate }: TaskItemProps) {
  /** As read after a change, until the page has another version than the one that was changed. */
  const [changed, setChanged] = useState<{ from: string; task: TaskView } | null>(null);
  const task = changed?.from === listed.version ? changed.task : listed;
  const [details, setDetails] = useState<TaskDetails | null>(null);
  const [isChanging, setChanging] = useState(false);
  const [result, setResult] = useState<TaskChangeResult | null>(null);
  const show = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    setDetails(await client.tasks.show.mutate({ practiceId, taskId: task.id }));
    return "staying";
  });
  const headingId = `task-${task.id}`;

  return (
    <li className="border-t border-line py-4 first:border-t-0 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h3 id={headingId} className="min-w-0 font-semibold wrap-anywhere">
          {taskTitle(task)}
        </h3>
        <TaskStateBadge task={task} />
      </div>
      <dl className="mt-1 flex flex-wrap gap-x-5 gap-y-1 text-sm">
        <Item term="Priority">
          {task.priority ? taskPriorityNames[task.priority] : "Hero does not say"}
        </Item>
        <Item term="Assigned to">{describeAssignee(task)}</Item>
        <Item term="Patient">
          {task.patientName ? `${task.patientName} ` : null}
          <span className="font-mono">{task.patientId ?? "Hero does not say"}</span>
        </Item>
        <Item term="Created">
          {task.createdAt ? <Timestamp iso={task.createdAt} format="table" /> : "Hero does not say"}
        </Item>
        {task.origin ? <Item term="Source">{originTexts[task.origin]}</Item> : null}
      </dl>
      {details ? (
        <div className="mt-3 rounded-lg border border-line bg-sunken p-4">
          {details.patientName ? <p className="font-medium">{details.patientName}</p> : null}
          <p className="wrap-anywhere whitespace-pre-wrap">
            {details.details ?? "Hero has no details of this task."}
          </p>
        </div>
      ) : null}
      {result ? (
        <div className="mt-3">
          <ChangeResult result={result} />
        </div>
      ) : null}
      {isChanging ? (
        <ChangeTaskForm
          scope={scope}
          practiceId={practiceId}
          task={task}
          staff={staff}
          onCancel={() => setChanging(false)}
          onResult={(changeResult) => {
            setResult(changeResult);
            setChanging(false);
            const after = changeResult.task;
            // The origin is what the page found out.
            if (after)
              setChanged({ from: listed.version, task: { ...after, origin: listed.origin } });
          }}
        />
      ) : (
        <div className="mt-3 flex flex-wrap items-center gap-2">
          <Button
            size="sm"
            icon={details ? <EyeOff /> : <Eye />}
            aria-pressed={details !== null}
            aria-describedby={headingId}
            pending={show.pending}
            onClick={() => (details ? setDetails(null) : show.run())}
          >
            {details ? "Hide details" : "Show details"}
          </Button>
          {canUpdate ? (
            <Button
              size="sm"
              icon={<Pencil />}
              aria-describedby={headingId}
              onClick={() => {
                setResult(null);
                setChanging(true);
              }}
            >
              Change
            </Button>
          ) : null}
          {show.problem ? (
            <p role="alert" className="text-sm text-danger">
              {show.problem}
            </p>
          ) : null}
        </div>
      )}
    </li>
  );
}

function Item({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-muted">{term}:</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  );
}
