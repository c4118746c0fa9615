import { UserSearch } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { FindPatient } from "@/components/patients/lazy-forms";
import { PatientsTabs } from "@/components/patients/patients-tabs";
import { PracticeListPicker } from "@/components/practices/practice-list-picker";
import { SelectedPractice } from "@/components/practices/selected-practice";
import { practiceLabel } from "@/components/practices/labels";
import { NoPractices } from "@/components/practices/no-practices";
import { portalPath } from "@/components/shell/portal-path";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { requirePortalPage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = {
  title: "Patients",
  // Keeps phones from turning an NHS number into a phone number.
  formatDetection: { telephone: false },
};

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function PatientsPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const query = await searchParams;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const header = (
    <PageHeader
      title="Find a patient"
      description="Find a patient of one practice by two identifiers. The portal keeps no list of patients."
    />
  );
  if (!scope.permissions.includes("patients.read")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to find patients">
          {whoCan("patients.read")}
        </Notice>
      </>
    );
  }

  const [practices, waitingMerges] = await Promise.all([
    portal.practices.list(),
    scope.permissions.includes("patients.merge")
      ? portal.merges.summary().then(({ waitingForYou }) => waitingForYou)
      : 0,
  ]);
  const onlyPractice = practices.length === 1 ? practices[0] : undefined;
  const requestedPracticeId = idFromQuery(query.practice);
  const practice = requestedPracticeId
    ? (practices.find(({ id }) => id === requestedPracticeId) ?? notFound())
    : onlyPractice;

  return (
    <>
      {header}
      <PatientsTabs
        scope={portalScope}
        permissions={scope.permissions}
        waitingMerges={waitingMerges}
        current="Find a patient"
      />
      {practice ? (
        <>
          <SelectedPractice
            scope={portalScope}
            practice={{ name: practiceLabel(practice), practiceGroupId: practice.practiceGroupId }}
            changeHref={onlyPractice ? null : portalPath(portalScope, "/patients")}
          />
          <FindPatient
            key={practice.id}
            scope={portalScope}
            practice={{ id: practice.id, name: practiceLabel(practice) }}
            canRegister={scope.permissions.includes("patients.register")}
          />
        </>
      ) : practices.length > 0 ? (
        <PracticeListPicker
          practices={practices}
          hrefOf={(practiceId) => portalPath(portalScope, "/patients", { practice: practiceId })}
        />
      ) : (
        <NoPractices
          scope={portalScope}
          canConnect={scope.permissions.includes("practices.manage")}
          icon={<UserSearch />}
        >
          Every patient belongs to one practice.
        </NoPractices>
      )}
    </>
  );
}
