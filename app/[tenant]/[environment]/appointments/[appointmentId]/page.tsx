import { CalendarPlus } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { EventHistory } from "@/components/activity/event-history";
import { AppointmentStatus } from "@/components/appointments/appointment-status";
import { CancelAppointment } from "@/components/appointments/cancel-appointment";
import { CheckWithHero } from "@/components/appointments/check-with-hero";
import { mayBeRestricted, PatientStrip } from "@/components/appointments/patient-strip";
import { PrintButton } from "@/components/appointments/print-button";
import { formatSlot } from "@/components/appointments/slot-times";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { idFromPath, idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { ButtonLink } from "@/components/ui/button";
import { buttonClasses } from "@/components/ui/button-classes";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import {
  listPracticeOptions,
  loadAppointment,
  orNotFoundPage,
  requirePortalPage,
  resultOrMessage,
  titleOf,
} from "@/server/portal/page-caller";
import type { AppointmentView } from "@/server/schemas/appointments";
import { whoCan } from "@/server/schemas/permissions";

type PageProps = {
  params: Promise<{ tenant: string; environment: string; appointmentId: string }>;
  searchParams: SearchParams;
};

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal, scope } = await requirePortalPage(params);
  const appointmentId = idFromPath((await params).appointmentId);
  if (!scope.permissions.includes("appointments.read")) return { title: "Appointment" };
  return titleOf(
    loadAppointment(portal, appointmentId),
    ({ practice }) => `Appointment – ${practice.name} – Appointments`,
  );
}

export default async function AppointmentPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const appointmentId = idFromPath((await params).appointmentId);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const back = {
    href: portalPath(portalScope, "/appointments", {
      practice: idFromQuery((await searchParams).practice),
    }),
    label: "Appointments",
  };
  if (!scope.permissions.includes("appointments.read")) {
    return (
      <>
        <PageHeader title="Appointment" back={back} />
        <Notice tone="info" title="You do not have permission to see appointments">
          {whoCan("appointments.read")}
        </Notice>
      </>
    );
  }
  const [appointment, events, practices] = await Promise.all([
    orNotFoundPage(loadAppointment(portal, appointmentId)),
    orNotFoundPage(portal.appointments.history({ appointmentId })),
    listPracticeOptions(portal),
  ]);
  const { state, practice, patientId, openChange } = appointment;
  const { result: record } = await resultOrMessage(
    portal.patients.open({ practiceId: practice.id, patientId }),
  );
  const isConnected = practices.some(({ id }) => id === practice.id);
  const canChange = isConnected && scope.permissions.includes("appointments.book");
  const hasCalendarFile = state === "booked" || state === "cancelled";
  const patientPath = portalPath(portalScope, `/patients/${practice.id}/${patientId}`);

  return (
    <>
      <PageHeader
        title="Appointment"
        description={formatSlot(appointment)}
        back={back}
        actions={
          <>
            {hasCalendarFile ? (
              <a
                href={`/api/downloads/${scope.tenant.slug}/${scope.environment}/appointments/${appointment.id}`}
                className={buttonClasses({})}
                download
              >
                <CalendarPlus aria-hidden="true" className="size-4" />
                Calendar file
              </a>
            ) : null}
            {hasCalendarFile ? <PrintButton /> : null}
            {canChange && state === "booked" && !openChange ? (
              <>
                <ButtonLink
                  href={portalPath(portalScope, `/appointments/${appointment.id}/reschedule`)}
                >
                  Move appointment
                </ButtonLink>
                <CancelAppointment
                  scope={portalScope}
                  appointment={appointment}
                  canCancelLate={scope.permissions.includes("appointments.cancel_late")}
                />
              </>
            ) : null}
            {canChange && state === "reserved" ? (
              <ButtonLink
                href={`${patientPath}/book?appointment=${appointment.id}`}
                variant="primary"
              >
                Finish booking
              </ButtonLink>
            ) : null}
            {canChange && ["failed", "lapsed", "unknown", "cancelled"].includes(state) ? (
              <ButtonLink href={`${patientPath}/book`}>Book again</ButtonLink>
            ) : null}
          </>
        }
      />
      <PatientStrip
        patientId={patientId}
        practiceName={practice.name}
        href={patientPath}
        record={record}
      />
      <div className="flex flex-col gap-5">
        <AppointmentStatus appointment={appointment}>
          {appointment.heroAppointmentId !== null && isConnected ? (
            <CheckWithHero
              scope={portalScope}
              appointment={appointment}
              readsAtOnce={["reserved", "booked"].includes(state) || openChange !== null}
            />
          ) : null}
        </AppointmentStatus>
        <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
          <AppointmentDetails
            scope={portalScope}
            appointment={appointment}
            printsPlace={!mayBeRestricted(record)}
          />
          <EventHistory events={events} />
        </div>
      </div>
    </>
  );
}

function AppointmentDetails({
  scope,
  appointment,
  printsPlace,
}: {
  scope: PortalScope;
  appointment: AppointmentView;
  /** On paper, nothing may show where a restricted patient will be. */
  printsPlace: boolean;
}) {
  const { link } = appointment;
  return (
    <Card aria-labelledby="details">
      <CardHeader id="details" title="Details" />
      <DescriptionList>
        <DescriptionItem term="Time">{formatSlot(appointment)}</DescriptionItem>
        <DescriptionItem term="Type">{appointment.appointmentType.name}</DescriptionItem>
        <DescriptionItem term="Practice" isOnPaper={printsPlace}>
          {appointment.practice.name}
        </DescriptionItem>
        <DescriptionItem term="Location" isOnPaper={printsPlace}>
          {appointment.location.name}
        </DescriptionItem>
        <DescriptionItem term="Practitioner" isOnPaper={printsPlace}>
          {appointment.practitioner.name}
        </DescriptionItem>
        <DescriptionItem term="Duration">{appointment.durationMinutes} minutes</DescriptionItem>
        <DescriptionItem term="Booked through">
          {link ? (
            <Link href={portalPath(scope, `/links/${link.id}`)} className="link">
              {link.name ?? "A link"}
            </Link>
          ) : (
            `The portal, by ${appointment.createdBy}`
          )}
        </DescriptionItem>
        <DescriptionItem term="Hero appointment ID">
          {appointment.heroAppointmentId ? (
            <span className="font-mono">{appointment.heroAppointmentId}</span>
          ) : (
            "Not known"
          )}
        </DescriptionItem>
        {appointment.heroStatus ? (
          <DescriptionItem term="State in Hero">{appointment.heroStatus}</DescriptionItem>
        ) : null}
      </DescriptionList>
    </Card>
  );
}
