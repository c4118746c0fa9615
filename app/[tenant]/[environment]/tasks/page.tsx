import { ListChecks } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { FormSkeleton } from "@/components/forms/form-skeleton";
import { LiveRefresh } from "@/components/live/live-refresh";
import { MessagesTabs } from "@/components/messages/messages-tabs";
import { practiceLabel } from "@/components/practices/labels";
import { NoPractices } from "@/components/practices/no-practices";
import { PracticeListPicker } from "@/components/practices/practice-list-picker";
import { SelectedPractice } from "@/components/practices/selected-practice";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { TaskFilters } from "@/components/tasks/task-filters";
import { TaskItem } from "@/components/tasks/task-item";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/components/ui/format-count";
import { NewestPager } from "@/components/ui/newest-pager";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { type Portal, requirePortalPage, resultOrMessage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";
import { type ListTasksInput, listTasksInput } from "@/server/schemas/tasks";

export const metadata: Metadata = { title: "Tasks – Messages" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function TasksPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const query = await searchParams;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const requestedPracticeId = idFromQuery(query.practice);
  const header = (
    <>
      <PageHeader
        title="Tasks"
        description="What waits in a practice's inbox in Hero, such as forms and replies that patients sent. Tasks are read from Hero and not stored."
      />
      <MessagesTabs scope={portalScope} practiceId={requestedPracticeId} current="Tasks" />
    </>
  );
  if (!scope.permissions.includes("messages.read")) {
    return (
      <>
        <PageHeader title="Tasks" />
        <Notice tone="info" title="You do not have permission to see tasks">
          {whoCan("messages.read", "see tasks")}
        </Notice>
      </>
    );
  }
  const practices = await portal.practices.list();
  const onlyPractice = practices.length === 1 ? practices[0] : undefined;
  const practice = requestedPracticeId
    ? (practices.find(({ id }) => id === requestedPracticeId) ?? notFound())
    : onlyPractice;
  if (!practice) {
    return (
      <>
        {header}
        {practices.length === 0 ? (
          <NoPractices
            scope={portalScope}
            canConnect={scope.permissions.includes("practices.manage")}
            icon={<ListChecks />}
          >
            Hero keeps a separate inbox for each practice.
          </NoPractices>
        ) : (
          <PracticeListPicker
            practices={practices}
            hrefOf={(practiceId) => portalPath(portalScope, "/tasks", { practice: practiceId })}
          />
        )}
      </>
    );
  }
  // Invalid filters and pages show the unfiltered first page.
  const { state, assignee } = listTasksInput.shape;
  const filters = {
    practiceId: practice.id,
    state: state.safeParse(query.state).data,
    assignee: assignee.safeParse(query.assignee).data,
    page: listTasksInput.shape.page.safeParse(Number(query.page ?? 0)).data ?? 0,
  };
  return (
    <>
      <LiveRefresh topics={["tasks"]} position={scope.livePosition} />
      {header}
      <SelectedPractice
        scope={portalScope}
        practice={{ name: practiceLabel(practice), practiceGroupId: practice.practiceGroupId }}
        changeHref={onlyPractice ? null : portalPath(portalScope, "/tasks")}
      />
      <Suspense
        key={JSON.stringify(filters)}
        fallback={<FormSkeleton text="Reading tasks from Hero…" />}
      >
        <LoadedTasks
          portal={portal}
          scope={portalScope}
          filters={filters}
          canUpdate={scope.permissions.includes("tasks.update")}
        />
      </Suspense>
    </>
  );
}

type LoadedTasksProps = {
  portal: Portal;
  scope: PortalScope;
  filters: ListTasksInput & { page: number };
  canUpdate: boolean;
};

async function LoadedTasks({ portal, scope, filters, canUpdate }: LoadedTasksProps) {
  const { result: list, message } = await resultOrMessage(portal.tasks.list(filters));
  if (!list) {
    return (
      <Notice tone="danger" title="Tasks could not be read">
        {message}
      </Notice>
    );
  }
  const { practiceId, state, assignee, page } = filters;
  const pagePath = (number: number) =>
    portalPath(scope, "/tasks", {
      practice: practiceId,
      state,
      assignee,
      page: number === 0 ? undefined : String(number),
    });
  const isFiltered = state !== undefined || assignee !== undefined;
  return (
    <>
      <TaskFilters
        scope={scope}
        practiceId={practiceId}
        state={state}
        assignee={assignee}
        staff={list.staff}
      />
      {list.isComplete ? null : (
        <div className="mb-4">
          <Notice tone="warning" title="Not all tasks are shown">
            Hero did not send all of the practice&apos;s tasks. Others are in the practice&apos;s
            inbox in Hero.
          </Notice>
        </div>
      )}
      {list.items.length > 0 ? (
        <>
          <p className="mb-2 text-sm text-muted">{formatCount(list.total, "task")}</p>
          <Card aria-label="Tasks">
            <ul className="flex flex-col">
              {list.items.map((task) => (
                <TaskItem
                  key={task.id}
                  scope={scope}
                  practiceId={practiceId}
                  task={task}
                  staff={list.staff}
                  canUpdate={canUpdate}
                />
              ))}
            </ul>
          </Card>
        </>
      ) : (
        <EmptyState
          icon={<ListChecks />}
          title={isFiltered || page > 0 ? "No tasks match" : "No tasks"}
          action={
            isFiltered || page > 0 ? (
              <ButtonLink href={portalPath(scope, "/tasks", { practice: practiceId })}>
                Clear the filters
              </ButtonLink>
            ) : null
          }
        >
          A form or reply that a patient sends becomes a task in the practice&apos;s inbox.
        </EmptyState>
      )}
      <NewestPager
        label="Task pages"
        newest={page > 0 ? pagePath(0) : undefined}
        older={list.hasNextPage ? pagePath(page + 1) : undefined}
      />
    </>
  );
}
