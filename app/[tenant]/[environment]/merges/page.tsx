import { Combine } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { mergeStates } from "@/components/merges/labels";
import { PatientsTabs } from "@/components/patients/patients-tabs";
import { portalPath } from "@/components/shell/portal-path";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { Timestamp } from "@/components/ui/timestamp";
import { requirePortalPage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Merges – Patients" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function MergesPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const header = (
    <PageHeader
      title="Merges"
      description="Requests to merge two records of one patient, newest first."
    />
  );
  if (!scope.permissions.includes("patients.merge")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to see merges">
          {whoCan("patients.merge")}
        </Notice>
      </>
    );
  }
  const cursor = idFromQuery((await searchParams).after);
  const [{ items, nextCursor }, { waitingForYou }] = await Promise.all([
    portal.merges.list(cursor ? { cursor } : {}),
    portal.merges.summary(),
  ]);
  const tabs = (
    <PatientsTabs
      scope={portalScope}
      permissions={scope.permissions}
      waitingMerges={waitingForYou}
      current="Merges"
    />
  );
  if (items.length === 0) {
    return (
      <>
        {header}
        {tabs}
        <EmptyState icon={<Combine />} title="No merges">
          Open a patient to request a merge. A second person must approve it.
        </EmptyState>
      </>
    );
  }
  return (
    <>
      {header}
      {tabs}
      <TableFrame
        label="Merges"
        footer={
          nextCursor ? (
            <ButtonLink href={portalPath(portalScope, "/merges", { after: nextCursor })} size="sm">
              Older
            </ButtonLink>
          ) : null
        }
      >
        <Table cardsOnPhones>
          <thead>
            <tr>
              <Th>Records</Th>
              <Th>State</Th>
              <Th>Practice</Th>
              <Th>Requested</Th>
            </tr>
          </thead>
          <tbody>
            {items.map((merge) => (
              <tr key={merge.id}>
                <Td>
                  <Link
                    href={portalPath(portalScope, `/merges/${merge.id}`)}
                    className="link font-medium"
                  >
                    {merge.patientId} and {merge.otherPatientId}
                  </Link>
                </Td>
                <Td label="State">
                  <Badge tone={mergeStates[merge.state].tone}>
                    {mergeStates[merge.state].label}
                  </Badge>
                </Td>
                <Td label="Practice">{merge.practice.name}</Td>
                <Td label="Requested" className="text-sm">
                  <Timestamp iso={merge.requestedAt} format="table" />
                  <span className="block text-muted">{merge.requestedBy}</span>
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </TableFrame>
    </>
  );
}
