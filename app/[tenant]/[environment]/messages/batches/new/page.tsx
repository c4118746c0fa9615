import { Mails } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { FormSkeleton } from "@/components/forms/form-skeleton";
import { parseLedgerParams } from "@/components/links/ledger/parse-search-params";
import { formatLedgerParams } from "@/components/links/ledger/search-params";
import { isBookable, linkTitle } from "@/components/links/labels";
import { NewBatch } from "@/components/message-batches/lazy-forms";
import { practiceLabel } from "@/components/practices/labels";
import { NoPractices } from "@/components/practices/no-practices";
import { PracticeListPicker } from "@/components/practices/practice-list-picker";
import { SelectedPractice } from "@/components/practices/selected-practice";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { type Portal, requirePortalPage } from "@/server/portal/page-caller";
import { formatLocalDate, formatTimeOfDay, ukDateOf } from "@/server/schemas/dates";
import type { LinkFilters } from "@/server/schemas/links/list";
import { type Permission, whoCan } from "@/server/schemas/permissions";
import type { PracticeView } from "@/server/schemas/practices";

export const metadata: Metadata = {
  title: "New batch – Messages",
  // Keeps phones from turning an NHS number into a phone number.
  formatDetection: { telephone: false },
};

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function NewMessageBatchPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const query = await searchParams;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const practiceId = idFromQuery(query.practice);
  const header = (
    <PageHeader
      title="New batch"
      description="One message to many patients of a practice. Nothing is sent until its recipients are checked and you have reviewed it."
      back={{
        href: portalPath(portalScope, "/messages/batches", { practice: practiceId }),
        label: "Batches",
      }}
    />
  );
  if (!scope.permissions.includes("messages.send")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to send messages">
          {whoCan("messages.send")}
        </Notice>
      </>
    );
  }
  const practices = await portal.practices.list();
  const onlyPractice = practices.length === 1 ? practices[0] : undefined;
  const practice = practiceId
    ? (practices.find(({ id }) => id === practiceId) ?? notFound())
    : onlyPractice;
  // The list of links leads here with its filters.
  const isToLinks = query.to === "links";
  const ledgerParams = parseLedgerParams(query, practiceId);
  const pathFor = (selectedId: string | undefined) =>
    portalPath(portalScope, "/messages/batches/new", {
      ...formatLedgerParams({ ...ledgerParams, practiceId: selectedId }),
      to: isToLinks ? "links" : undefined,
    });

  return (
    <>
      {header}
      {practice ? (
        <>
          <SelectedPractice
            scope={portalScope}
            practice={{ name: practiceLabel(practice), practiceGroupId: practice.practiceGroupId }}
            changeHref={onlyPractice ? null : pathFor(undefined)}
          />
          <Suspense key={practice.id} fallback={<FormSkeleton text="Loading the form…" />}>
            <LoadedForm
              portal={portal}
              scope={portalScope}
              permissions={scope.permissions}
              practice={practice}
              filters={isToLinks ? ledgerParams.filters : null}
            />
          </Suspense>
        </>
      ) : practices.length > 0 ? (
        <PracticeListPicker practices={practices} hrefOf={pathFor} />
      ) : (
        <NoPractices
          scope={portalScope}
          canConnect={scope.permissions.includes("practices.manage")}
          icon={<Mails />}
        >
          A batch is sent on behalf of one practice, to its patients.
        </NoPractices>
      )}
    </>
  );
}

type LoadedFormProps = {
  portal: Portal;
  scope: PortalScope;
  permissions: readonly Permission[];
  practice: PracticeView;
  /** Of the list of links that led here; null for none. */
  filters: Omit<LinkFilters, "practiceId"> | null;
};

async function LoadedForm({ portal, scope, permissions, practice, filters }: LoadedFormProps) {
  const practiceId = practice.id;
  const [templates, settings, links, options, bulkUploads] = await Promise.all([
    portal.messageTemplates.list({ practiceId }),
    portal.messageSettings.get(),
    listSharedLinks(portal, practiceId),
    portal.links.filterOptions(),
    portal.bulkUploads.list(),
  ]);
  const now = new Date();
  const today = ukDateOf(now);
  return (
    <NewBatch
      scope={scope}
      practice={{ id: practiceId, name: practiceLabel(practice), publicName: practice.name }}
      initial={{
        // To the second, so that several batches in a row differ. The file name may name a patient.
        name: `Batch of ${formatLocalDate(today)}, ${formatTimeOfDay(now)}`,
        source: filters ? "links" : "file",
        filters: filters ?? { isUsed: "no" },
      }}
      templates={templates}
      settings={settings}
      links={links}
      tags={options.tags}
      owners={options.owners}
      bulkUploads={bulkUploads.map(({ id, name }) => ({ id, name }))}
      canWriteAutomatically={permissions.includes("messages.write_to_record_automatically")}
      today={today}
    />
  );
}

const maxLinkChoices = 50;

/** The practice's newest live links that anyone can use. */
async function listSharedLinks(portal: Portal, practiceId: string) {
  const pages = await Promise.all(
    (["live", "ends_soon"] as const).map((state) =>
      portal.links.list({ practiceId, audience: "generic", state, limit: maxLinkChoices }),
    ),
  );
  return pages
    .flatMap(({ items }) => items)
    .flatMap((link) =>
      isBookable(link) && !link.isHeld
        ? [{ id: link.id, name: linkTitle(link), url: link.url }]
        : [],
    );
}
