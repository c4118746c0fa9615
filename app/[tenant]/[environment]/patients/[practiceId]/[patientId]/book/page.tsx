import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { BookAppointment } from "@/components/appointments/lazy-forms";
import { mayBeRestricted, PatientStrip } from "@/components/appointments/patient-strip";
import { portalPath } from "@/components/shell/portal-path";
import { idFromPath, idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { Failure } from "@/components/ui/failure";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import {
  loadAppointment,
  loadPractice,
  orNotFoundPage,
  requirePortalPage,
  resultOrMessage,
} from "@/server/portal/page-caller";
import { ukDateOf } from "@/server/schemas/dates";
import { whoCan } from "@/server/schemas/permissions";
import { heroId } from "@/server/schemas/text";
import { practiceLabel } from "@/components/practices/labels";

export const metadata: Metadata = { title: "Book an appointment – Patient" };

type PageProps = {
  params: Promise<{
    tenant: string;
    environment: string;
    practiceId: string;
    patientId: string;
  }>;
  searchParams: SearchParams;
};

export default async function BookPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const segments = await params;
  const practiceId = idFromPath(segments.practiceId);
  const patientId = heroId("").safeParse(segments.patientId).data ?? notFound();
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const patientPath = portalPath(portalScope, `/patients/${practiceId}/${patientId}`);
  const header = (
    <PageHeader title="Book an appointment" back={{ href: patientPath, label: "Patient" }} />
  );
  if (!scope.permissions.includes("appointments.book")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to book appointments">
          {whoCan("appointments.book")}
        </Notice>
      </>
    );
  }
  const heldId = idFromQuery((await searchParams).appointment);
  const [practice, held] = await Promise.all([
    orNotFoundPage(loadPractice(portal, practiceId)),
    heldId ? orNotFoundPage(loadAppointment(portal, heldId)) : null,
  ]);
  if (held && (held.patientId !== patientId || held.practice.id !== practiceId)) notFound();
  if (held && held.state !== "reserved") {
    redirect(portalPath(portalScope, `/appointments/${held.id}`));
  }
  const [{ result: options, message }, { result: record }] = await Promise.all([
    resultOrMessage(portal.practices.bookingOptions({ practiceId })),
    resultOrMessage(portal.patients.open({ practiceId, patientId })),
  ]);
  const isRestricted = mayBeRestricted(record);
  // A restricted patient's booking has a warning and a permission of its own.
  const refusal = record?.outcome === "found" && !isRestricted ? record.actions.book.reason : null;

  return (
    <>
      {header}
      <PatientStrip
        patientId={patientId}
        practiceName={practiceLabel(practice)}
        href={patientPath}
        record={record}
      />
      {refusal && !held ? (
        <Notice tone="danger" title="You cannot book for this patient">
          {refusal}
        </Notice>
      ) : options ? (
        <BookAppointment
          scope={portalScope}
          practiceId={practiceId}
          patientId={patientId}
          options={options}
          today={ukDateOf(new Date())}
          isRestricted={record !== null && isRestricted}
          canBookRestricted={scope.permissions.includes("appointments.book_restricted")}
          initialHeld={held}
        />
      ) : (
        <Failure
          title="Could not load appointment types and locations"
          retry={`${patientPath}/book`}
        >
          {message} Nothing was held or booked.
        </Failure>
      )}
    </>
  );
}
