import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ConnectToEhr } from "@/components/patients/lazy-forms";
import { practiceLabel } from "@/components/practices/labels";
import { SelectedPractice } from "@/components/practices/selected-practice";
import { portalPath } from "@/components/shell/portal-path";
import { idFromPath } from "@/components/shell/route-ids";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { loadPractice, orNotFoundPage, requirePortalPage } from "@/server/portal/page-caller";
import { compareWithEhrInput } from "@/server/schemas/patient-ehr";
import { whoCan } from "@/server/schemas/permissions";

// Nothing of a patient may be in a browser's history.
export const metadata: Metadata = {
  title: "Connect to the clinical record – Patients",
  formatDetection: { telephone: false },
};

type PageProps = {
  params: Promise<{ tenant: string; environment: string; practiceId: string; patientId: string }>;
};

export default async function ConnectToEhrPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const segments = await params;
  const practiceId = idFromPath(segments.practiceId);
  const patientId = compareWithEhrInput.shape.patientId.safeParse(segments.patientId);
  if (!patientId.success) notFound();
  const practice = await orNotFoundPage(loadPractice(portal, practiceId));
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const name = practiceLabel(practice);
  const patientPath = `/patients/${practiceId}/${patientId.data}`;
  return (
    <>
      <PageHeader
        title="Connect to the clinical record"
        description={
          <>
            Hero patient <span className="font-mono">{patientId.data}</span>
          </>
        }
        back={{ href: portalPath(portalScope, patientPath), label: "Patient" }}
      />
      {scope.permissions.includes("patients.connect") ? (
        <>
          <SelectedPractice
            scope={portalScope}
            practice={{ name, practiceGroupId: practice.practiceGroupId }}
          />
          <ConnectToEhr
            scope={portalScope}
            practice={{ id: practiceId, name }}
            patientId={patientId.data}
          />
        </>
      ) : (
        <Notice tone="info" title="You do not have permission to connect patients">
          {whoCan("patients.connect")}
        </Notice>
      )}
    </>
  );
}
