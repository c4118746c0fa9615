import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { MergedRecord } from "@/components/patients/record/merged-record";
import { PatientActions } from "@/components/patients/record/patient-actions";
import { PatientFiles } from "@/components/patients/record/patient-files";
import { PatientIdentifiers } from "@/components/patients/record/patient-identifiers";
import { PatientItems } from "@/components/patients/record/patient-items";
import { PatientStates } from "@/components/patients/record/patient-states";
import { practiceLabel } from "@/components/practices/labels";
import { portalPath } from "@/components/shell/portal-path";
import { Failure } from "@/components/ui/failure";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import {
  loadPractice,
  orNotFoundPage,
  requirePortalPage,
  resultOrMessage,
  titleOf,
} from "@/server/portal/page-caller";
import { patientRecordInput } from "@/server/schemas/patient-record";
import { whoCan } from "@/server/schemas/permissions";

type PageProps = {
  params: Promise<{
    tenant: string;
    environment: string;
    practiceId: string;
    patientId: string;
  }>;
};

async function inputOf(params: PageProps["params"]) {
  const { practiceId, patientId } = await params;
  const input = patientRecordInput.safeParse({ practiceId, patientId });
  return input.success ? input.data : notFound();
}

/** Browsers and logs keep titles, so this one has the practice only. */
export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal } = await requirePortalPage(params);
  const { practiceId } = await inputOf(params);
  return {
    ...(await titleOf(
      loadPractice(portal, practiceId),
      (practice) => `Patient – ${practiceLabel(practice)}`,
    )),
    // Keeps phones from turning an NHS number into a phone number.
    formatDetection: { telephone: false },
  };
}

export default async function PatientPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const input = await inputOf(params);
  const { practiceId, patientId } = input;
  const practice = await orNotFoundPage(loadPractice(portal, practiceId));
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const path = portalPath(portalScope, `/patients/${practiceId}/${patientId}`);
  const header = (
    <PageHeader
      title={
        <>
          Patient <span className="font-mono">{patientId}</span>
        </>
      }
      description={practiceLabel(practice)}
      back={{
        href: portalPath(portalScope, "/patients", { practice: practiceId }),
        label: "Find a patient",
      }}
    />
  );
  if (!scope.permissions.includes("patients.read")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to see patients">
          {whoCan("patients.read")}
        </Notice>
      </>
    );
  }
  const { result: record, message } = await resultOrMessage(
    orNotFoundPage(portal.patients.open(input)),
  );
  if (!record) {
    return (
      <>
        {header}
        <Failure title="Could not read this patient" retry={path}>
          {message} The record is read from Hero each time, and the portal keeps no copy.
        </Failure>
      </>
    );
  }
  const items = <PatientItems scope={portalScope} record={record} />;
  if (record.outcome === "merged_elsewhere") {
    return (
      <>
        {header}
        <div className="flex flex-col gap-5">
          <MergedRecord
            scope={portalScope}
            record={record}
            canRelease={scope.permissions.includes("links.edit")}
          />
          {items}
        </div>
      </>
    );
  }
  return (
    <>
      {header}
      <div className="flex flex-col gap-5">
        <PatientStates states={record.states} />
        <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-5">
            <PatientIdentifiers scope={portalScope} record={record} />
            <PatientFiles scope={portalScope} record={record} />
          </div>
          <PatientActions scope={portalScope} record={record} />
        </div>
        {items}
      </div>
    </>
  );
}
