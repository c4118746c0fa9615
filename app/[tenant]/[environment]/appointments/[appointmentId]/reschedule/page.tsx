import type { Metadata } from "next";
import { RescheduleAppointment } from "@/components/appointments/lazy-forms";
import { mayBeRestricted, PatientStrip } from "@/components/appointments/patient-strip";
import { formatSlot } from "@/components/appointments/slot-times";
import { portalPath } from "@/components/shell/portal-path";
import { idFromPath } from "@/components/shell/route-ids";
import { ButtonLink } from "@/components/ui/button";
import { Failure } from "@/components/ui/failure";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import {
  loadAppointment,
  orNotFoundPage,
  requirePortalPage,
  resultOrMessage,
} from "@/server/portal/page-caller";
import { ukDateOf } from "@/server/schemas/dates";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Move appointment – Appointments" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string; appointmentId: string }>;
};

export default async function ReschedulePage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const appointmentId = idFromPath((await params).appointmentId);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const appointmentPath = portalPath(portalScope, `/appointments/${appointmentId}`);
  const back = { href: appointmentPath, label: "Appointment" };
  if (!scope.permissions.includes("appointments.book")) {
    return (
      <>
        <PageHeader title="Move appointment" back={back} />
        <Notice tone="info" title="You do not have permission to move appointments">
          {whoCan("appointments.book")}
        </Notice>
      </>
    );
  }
  const appointment = await orNotFoundPage(loadAppointment(portal, appointmentId));
  const { practice, patientId } = appointment;
  const [{ result: options, message }, { result: record }] = await Promise.all([
    resultOrMessage(portal.practices.bookingOptions({ practiceId: practice.id })),
    resultOrMessage(portal.patients.open({ practiceId: practice.id, patientId })),
  ]);
  const canMove = appointment.state === "booked" && !appointment.openChange;

  return (
    <>
      <PageHeader
        title="Move appointment"
        description={`${appointment.appointmentType.name} at ${appointment.location.name}. Now: ${formatSlot(appointment)}, ${appointment.practitioner.name}.`}
        back={back}
      />
      <PatientStrip
        patientId={patientId}
        practiceName={practice.name}
        href={portalPath(portalScope, `/patients/${practice.id}/${patientId}`)}
        record={record}
      />
      {!canMove ? (
        <Notice
          tone="info"
          title="This appointment cannot be moved now"
          action={<ButtonLink href={appointmentPath}>Show the appointment</ButtonLink>}
        >
          {appointment.openChange
            ? "Another change of it is not finished."
            : "Only a booked appointment can be moved."}
        </Notice>
      ) : options ? (
        <>
          <p className="mb-5 max-w-prose text-muted">
            You can change the time and the practitioner. For another type or location, cancel this
            appointment and book a new one.
          </p>
          <RescheduleAppointment
            scope={portalScope}
            appointment={appointment}
            options={options}
            today={ukDateOf(new Date())}
            isRestricted={record !== null && mayBeRestricted(record)}
            canBookRestricted={scope.permissions.includes("appointments.book_restricted")}
          />
        </>
      ) : (
        <Failure
          title="Could not load practitioners"
          retry={portalPath(portalScope, `/appointments/${appointmentId}/reschedule`)}
        >
          {message} Nothing was changed.
        </Failure>
      )}
    </>
  );
}
