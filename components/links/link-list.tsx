"use client";

import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { formatCount } from "@/components/ui/format-count";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Badge } from "@/components/ui/badge";
import { CopyButton } from "@/components/ui/copy-button";
import { LocalDate } from "@/components/ui/timestamp";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { formatRelativeDate, ukDateOf } from "@/server/schemas/dates";
import type { LinkFilters } from "@/server/schemas/links/list";
import type { LinkView } from "@/server/schemas/links/view";
import { StateBadge } from "./state-badge";
import {
  audienceName,
  describeWindow,
  isBookable,
  kindNames,
  linkSubject,
  linkTitle,
  wasCreated,
} from "./labels";

// Loaded with the first selection, not with the page.
const SelectionBar = dynamic(
  () => import("./ledger/selection-bar").then((module) => module.SelectionBar),
  { ssr: false },
);

/** How far away the expiry date is, or when the link was closed. */
function describeEnd(link: LinkView, today: string): string | null {
  if (link.closedAt) {
    return `closed ${formatRelativeDate(ukDateOf(new Date(link.closedAt)), today)}`;
  }
  return wasCreated(link) ? formatRelativeDate(link.expiresOn, today) : null;
}

function NoValue() {
  return (
    <span className="text-muted">
      <span aria-hidden="true">–</span>
      <span className="sr-only">None</span>
    </span>
  );
}

type LinkListProps = {
  scope: PortalScope;
  /** The practice the list is filtered by, kept in the addresses it leads to. */
  practiceId: string | undefined;
  links: readonly LinkView[];
  /** What the list is filtered by. */
  filters: LinkFilters;
  /** Whether more links match than this page has. */
  hasMore: boolean;
  /** Today's date in the United Kingdom. */
  today: string;
  /** Whether links can be selected and changed. */
  canEdit: boolean;
};

/** A page of the ledger. Only links that patients can use have a copy button. */
export function LinkList({
  scope,
  practiceId,
  links,
  filters,
  hasMore,
  today,
  canEdit,
}: LinkListProps) {
  const [selectedIds, setSelectedIds] = useState<ReadonlySet<string>>(new Set());
  // Links that have left the page are no longer selected: people must see what they change.
  const selected = links.filter(({ id }) => selectedIds.has(id));
  const isAllSelected = links.length > 0 && selected.length === links.length;

  function toggleSelected(id: string, isSelected: boolean) {
    const next = new Set(selectedIds);
    if (isSelected) next.add(id);
    else next.delete(id);
    setSelectedIds(next);
  }

  return (
    <>
      {/* In the place of the filters, and below the header once the page is scrolled: it covers no row. */}
      <div className="sticky top-40 z-20 h-0 max-sm:top-56 print:hidden">
        {selected.length > 0 ? (
          <div className="absolute inset-x-0 bottom-2">
            <SelectionBar
              scope={scope}
              filters={filters}
              selected={selected.map(({ id, kind, state, tags, expiresOn, practice }) => ({
                id,
                kind,
                state,
                tags,
                expiresOn,
                practiceName: practice.name,
              }))}
              canSelectMatching={hasMore && isAllSelected}
              today={today}
              onClear={() => setSelectedIds(new Set())}
            />
          </div>
        ) : null}
      </div>
      <TableFrame label="Links">
        <Table cardsOnPhones className="sm:[&_td]:px-3 sm:[&_th]:px-3">
          <thead>
            <tr>
              {canEdit ? (
                <Th className="w-px sm:pr-0!">
                  <input
                    type="checkbox"
                    aria-label="Select all links on this page"
                    className="block size-4 accent-accent"
                    checked={isAllSelected}
                    ref={(checkbox) => {
                      if (checkbox) checkbox.indeterminate = selected.length > 0 && !isAllSelected;
                    }}
                    onChange={() =>
                      setSelectedIds(isAllSelected ? new Set() : new Set(links.map(({ id }) => id)))
                    }
                  />
                </Th>
              ) : null}
              <Th>Link</Th>
              <Th>State</Th>
              <Th>Practice</Th>
              <Th>Appointment dates</Th>
              <Th>Expires</Th>
              <Th numeric>Uses</Th>
              <Th>Owner</Th>
              <Th>
                <span className="sr-only">Copy</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {links.map((link) => (
              <tr
                key={link.id}
                className={`max-sm:relative ${selectedIds.has(link.id) ? "bg-accent-soft/60" : ""}`}
              >
                {canEdit ? (
                  <Td className="max-sm:absolute max-sm:top-3 max-sm:right-4 sm:pr-0!">
                    <input
                      type="checkbox"
                      aria-label={`Select ${linkTitle(link)}`}
                      className="block size-4 accent-accent max-sm:size-6 pointer-coarse:size-6"
                      checked={selectedIds.has(link.id)}
                      onChange={(event) => toggleSelected(link.id, event.target.checked)}
                    />
                  </Td>
                ) : null}
                <Td className="max-sm:pr-10!">
                  <div className="min-w-44 wrap-anywhere">
                    <Link
                      href={portalPath(scope, `/links/${link.id}`, { practice: practiceId })}
                      className="link font-medium"
                    >
                      <bdi>{linkTitle(link)}</bdi>
                    </Link>
                    <div className="text-sm text-muted">
                      {link.kind === "booking" ? null : `${kindNames[link.kind]} · `}
                      {audienceName(link)}
                      {link.name ? ` · ${linkSubject(link)}` : null}
                      {link.reference ? ` · ${link.reference}` : null}
                    </div>
                    {link.tags.length > 0 ? (
                      <ul aria-label="Tags" className="mt-1 flex flex-wrap gap-1">
                        {link.tags.map((tag) => (
                          <li key={tag} className="rounded-sm bg-sunken px-1.5 text-xs text-muted">
                            {tag}
                          </li>
                        ))}
                      </ul>
                    ) : null}
                  </div>
                </Td>
                <Td label="State">
                  <div className="flex flex-wrap gap-1">
                    <StateBadge state={link.state} />
                    {link.isHeld ? <Badge tone="ending">On hold</Badge> : null}
                  </div>
                </Td>
                <Td label="Practice">
                  <div className="min-w-28 wrap-anywhere">{link.practice.name}</div>
                </Td>
                <Td label="Appointment dates" className="max-sm:hidden">
                  <div className="min-w-24 text-sm">
                    {link.kind === "booking" ? describeWindow(link) : <NoValue />}
                  </div>
                </Td>
                <Td label="Expires">
                  <div className="text-sm whitespace-nowrap">
                    <LocalDate date={link.expiresOn} />
                    <div className="text-muted">{describeEnd(link, today)}</div>
                  </div>
                </Td>
                <Td numeric label="Uses">
                  {wasCreated(link) && link.maxUses === null ? (
                    <div className="whitespace-nowrap">
                      {link.uses > 0 ? "Joined" : "Not joined"}
                    </div>
                  ) : wasCreated(link) ? (
                    <div className="whitespace-nowrap">
                      <span className="font-medium">{link.uses}</span>
                      <span className="text-muted"> / {link.maxUses?.toLocaleString("en-GB")}</span>
                      <div className="text-sm text-muted">{formatCount(link.opens, "open")}</div>
                    </div>
                  ) : (
                    <NoValue />
                  )}
                </Td>
                <Td label="Owner" className="max-sm:hidden">
                  <div className="min-w-20 text-sm">{link.createdBy}</div>
                </Td>
                <Td className="sm:w-px sm:pl-0" label={isBookable(link) ? "Address" : undefined}>
                  {isBookable(link) ? (
                    <CopyButton
                      value={link.url}
                      label={`Copy link: ${linkTitle(link)}`}
                      iconOnly
                      size="sm"
                    />
                  ) : null}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </TableFrame>
    </>
  );
}
