import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { RequestMerge } from "@/components/merges/lazy-forms";
import { practiceLabel } from "@/components/practices/labels";
import { portalPath } from "@/components/shell/portal-path";
import { idFromPath } from "@/components/shell/route-ids";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { loadPractice, orNotFoundPage, requirePortalPage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = {
  title: "Merge two records – Patients",
  // Keeps phones from turning an NHS number into a phone number.
  formatDetection: { telephone: false },
};

type PageProps = {
  params: Promise<{ tenant: string; environment: string; practiceId: string; patientId: string }>;
};

export default async function MergePage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const { practiceId: practiceSegment, patientId } = await params;
  const practiceId = idFromPath(practiceSegment);
  if (!/^[0-9]{1,20}$/.test(patientId)) notFound();
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const practice = await orNotFoundPage(loadPractice(portal, practiceId));
  const header = (
    <PageHeader
      title="Merge two records"
      description={`Record ${patientId} of ${practiceLabel(practice)} with another record of the same person.`}
      back={{
        href: portalPath(portalScope, `/patients/${practiceId}/${patientId}`),
        label: "Patient",
      }}
    />
  );
  if (!scope.permissions.includes("patients.merge")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to merge records">
          {whoCan("patients.merge")}
        </Notice>
      </>
    );
  }
  const { hasSecondPerson } = await portal.merges.summary();
  return (
    <>
      {header}
      {hasSecondPerson ? (
        <RequestMerge scope={portalScope} practiceId={practiceId} patientId={patientId} />
      ) : (
        <Notice tone="warning" title="You need a second person">
          A second person must approve every merge, and nobody else in your organisation has
          permission. {whoCan("patients.merge")}
        </Notice>
      )}
    </>
  );
}
