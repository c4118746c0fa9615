"use client";

import { ListChecks } from "lucide-react";
import { type ReactNode, useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import type { RelatedTasks as RelatedTasksView } from "@/server/schemas/tasks";
import { TaskItem } from "./task-item";

type RelatedTasksProps = {
  scope: PortalScope;
  source: { messageId: string } | { linkId: string };
  /** Which tasks are shown, in a sentence. */
  description: string;
  /** Without it, only the form responses are shown. */
  canRead: boolean;
  canUpdate: boolean;
  /** The form responses of a link. */
  children?: ReactNode;
};

/** What followed from a message or link. Tasks are read from Hero when someone asks for them. */
export function RelatedTasks(props: RelatedTasksProps) {
  const { scope, source, description, canRead, canUpdate, children } = props;
  const [related, setRelated] = useState<RelatedTasksView | null>(null);
  /** Shows each list anew, also for the same tasks. */
  const [readings, setReadings] = useState(0);
  const read = useAction(async () => {
    const { tasks } = portalClient(scope.tenant, scope.environment);
    setRelated(
      await ("messageId" in source
        ? tasks.listForMessage.query(source)
        : tasks.listForLink.query(source)),
    );
    setReadings((count) => count + 1);
    return "staying";
  });
  return (
    <Card aria-labelledby="related-tasks">
      <CardHeader id="related-tasks" title="Form responses and tasks" description={description} />
      {children ? <div className={canRead ? "mb-4" : ""}>{children}</div> : null}
      {related ? (
        <div className="mb-4" role="status">
          {related.items.length === 0 ? (
            <p className="text-muted">Hero has no such tasks.</p>
          ) : null}
          {related.isComplete ? null : (
            <Notice tone="warning" title="Not all tasks are shown">
              Hero did not send all of the practice&apos;s tasks. Others are in the practice&apos;s
              inbox in Hero.
            </Notice>
          )}
        </div>
      ) : null}
      {related && related.items.length > 0 ? (
        <ul key={readings} aria-label="Tasks" className="mb-4 flex flex-col">
          {related.items.map((task) => (
            <TaskItem
              key={task.id}
              scope={scope}
              practiceId={related.practiceId}
              task={task}
              staff={related.staff}
              canUpdate={canUpdate}
            />
          ))}
        </ul>
      ) : null}
      {canRead ? (
        <div className="flex flex-wrap items-center gap-3">
          <Button size="sm" icon={<ListChecks />} pending={read.pending} onClick={read.run}>
            {related ? "Show tasks again" : "Show tasks"}
          </Button>
          {read.problem ? (
            <p role="alert" className="text-sm text-danger">
              {read.problem}
            </p>
          ) : null}
        </div>
      ) : null}
    </Card>
  );
}
