"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/components/ui/format-count";
import { Input } from "@/components/ui/input";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { useToast } from "@/components/ui/toast";
import {
  type HeroEventType,
  heroEventTypes,
  heroEventTypeNames,
} from "@/server/schemas/event-catalogue";
import type { PracticeWebhooks } from "@/server/schemas/webhooks";
import { endpointStateLabels } from "./labels";
import { Sparkline } from "./sparkline";

type WebhookMatrixProps = {
  scope: PortalScope;
  practices: readonly PracticeWebhooks[];
  canManage: boolean;
};

const keyOf = (practiceId: string, eventType: string) => `${practiceId} ${eventType}`;
const maxRowsWithoutScroll = 8;
const checkboxClass = "size-4.5 accent-accent";
const cellClass =
  "inline-flex min-h-6 min-w-6 flex-col items-center justify-center gap-1 pointer-coarse:min-h-11";

/** Which events Hero sends for which practice. Changes are kept here until they are saved. */
export function WebhookMatrix({ scope, practices, canManage }: WebhookMatrixProps) {
  const router = useRouter();
  const toast = useToast();
  const [filter, setFilter] = useState("");
  const [changes, setChanges] = useState<ReadonlyMap<string, boolean>>(new Map());

  const endpointOf = ({ endpoints }: PracticeWebhooks, eventType: string) =>
    endpoints.find((endpoint) => endpoint.eventType === eventType);
  const isTicked = (practice: PracticeWebhooks, eventType: string) =>
    changes.get(keyOf(practice.practiceId, eventType)) ??
    endpointOf(practice, eventType) !== undefined;
  const words = filter.trim().toLowerCase();
  const shown = practices.filter(({ name, practiceGroupId }) =>
    `${name} ${practiceGroupId}`.toLowerCase().includes(words),
  );

  function tick(cells: readonly (readonly [PracticeWebhooks, HeroEventType])[], isOn: boolean) {
    const next = new Map(changes);
    for (const [practice, eventType] of cells) {
      const key = keyOf(practice.practiceId, eventType);
      // Back to what is saved is no change.
      if ((endpointOf(practice, eventType) !== undefined) === isOn) next.delete(key);
      else next.set(key, isOn);
    }
    setChanges(next);
  }

  const save = useAction(async () => {
    const changed = practices.filter(({ practiceId }) =>
      heroEventTypeNames.some((eventType) => changes.has(keyOf(practiceId, eventType))),
    );
    const client = portalClient(scope.tenant, scope.environment);
    await client.webhooks.subscribe.mutate({
      practices: changed.map((practice) => ({
        practiceId: practice.practiceId,
        eventTypes: heroEventTypeNames.filter((eventType) => isTicked(practice, eventType)),
      })),
    });
    setChanges(new Map());
    toast({
      tone: "success",
      title: "Saved",
      description: `Webhooks of ${formatCount(changed.length, "practice")} are being updated at Hero.`,
    });
    router.refresh();
    return "staying";
  });

  return (
    <section aria-labelledby="webhook-selection">
      <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
        <h2 id="webhook-selection" className="text-lg font-semibold">
          Webhooks by practice
        </h2>
        {practices.length > 5 ? (
          <div className="flex items-center gap-2 text-sm">
            <label htmlFor="practice-filter" className="shrink-0">
              Filter practices
            </label>
            <Input
              id="practice-filter"
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
            />
          </div>
        ) : null}
      </div>
      <TableFrame
        label="Webhooks by practice"
        density="compact"
        hasStickyHeadings={shown.length > maxRowsWithoutScroll}
      >
        <Table cardsOnPhones>
          <thead>
            <tr>
              <Th>Practice</Th>
              {heroEventTypeNames.map((eventType) => {
                const column = shown.map((practice) => [practice, eventType] as const);
                const isAll = shown.length > 0 && column.every((cell) => isTicked(...cell));
                const { label } = heroEventTypes[eventType];
                return (
                  <Th key={eventType} className="h-auto px-2! py-2 text-center whitespace-normal!">
                    <label className="flex min-w-14 flex-col items-center gap-1.5">
                      <span>{label}</span>
                      {canManage && shown.length > 1 ? (
                        <input
                          type="checkbox"
                          className={checkboxClass}
                          aria-label={`${label}: all practices shown`}
                          checked={isAll}
                          onChange={() => tick(column, !isAll)}
                        />
                      ) : null}
                    </label>
                  </Th>
                );
              })}
              {canManage ? <Th className="pr-4! pl-2! text-center">All</Th> : null}
            </tr>
          </thead>
          <tbody>
            {shown.map((practice) => {
              const row = heroEventTypeNames.map((eventType) => [practice, eventType] as const);
              const isAll = row.every((cell) => isTicked(...cell));
              return (
                <tr key={practice.practiceId}>
                  <Td>
                    <Link
                      href={portalPath(scope, "/webhooks", { practice: practice.practiceId })}
                      className="link font-medium"
                    >
                      {practice.name}
                    </Link>
                    <span className="block">
                      <Sparkline health={practice.health} />
                    </span>
                  </Td>
                  {heroEventTypeNames.map((eventType) => {
                    const endpoint = endpointOf(practice, eventType);
                    const { label } = heroEventTypes[eventType];
                    const state = endpoint ? endpointStateLabels[endpoint.state] : null;
                    const isChanged = changes.has(keyOf(practice.practiceId, eventType));
                    return (
                      <Td
                        key={eventType}
                        label={label}
                        className="text-center max-sm:text-left sm:px-2!"
                      >
                        <label className={cellClass}>
                          <input
                            type="checkbox"
                            className={checkboxClass}
                            aria-label={`${label} – ${practice.name}`}
                            checked={isTicked(practice, eventType)}
                            disabled={!canManage}
                            onChange={(event) =>
                              tick([[practice, eventType]], event.target.checked)
                            }
                          />
                          {isChanged ? (
                            <span className="text-xs text-muted">Not saved</span>
                          ) : endpoint && endpoint.state !== "active" ? (
                            <span className="text-xs text-muted">{state?.label}</span>
                          ) : null}
                        </label>
                      </Td>
                    );
                  })}
                  {canManage ? (
                    <Td label="All" className="text-center max-sm:text-left sm:pr-4! sm:pl-2!">
                      <label className={cellClass}>
                        <input
                          type="checkbox"
                          className={checkboxClass}
                          aria-label={`All webhooks – ${practice.name}`}
                          checked={isAll}
                          onChange={() => tick(row, !isAll)}
                        />
                      </label>
                    </Td>
                  ) : null}
                </tr>
              );
            })}
          </tbody>
        </Table>
        {shown.length === 0 ? (
          <p className="px-4 py-6 text-muted">No practices match your filter.</p>
        ) : null}
      </TableFrame>
      {canManage ? (
        <div className="mt-3 flex flex-wrap items-center gap-3">
          <Button
            variant="primary"
            pending={save.pending}
            disabled={changes.size === 0}
            onClick={save.run}
          >
            {save.pending ? "Saving…" : "Save"}
          </Button>
          <Button disabled={changes.size === 0} onClick={() => setChanges(new Map())}>
            Discard
          </Button>
          <p role="status" className={save.problem ? "text-sm text-danger" : "text-sm text-muted"}>
            {save.problem ?? (changes.size > 0 ? formatCount(changes.size, "unsaved change") : "")}
          </p>
        </div>
      ) : null}
    </section>
  );
}
