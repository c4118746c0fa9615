import { CalendarClock } from "lucide-react";
import type { Metadata } from "next";
import { AppointmentFilters } from "@/components/appointments/appointment-filters";
import { AppointmentList } from "@/components/appointments/appointment-list";
import { portalPath } from "@/components/shell/portal-path";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { AutoRefresh } from "@/components/ui/auto-refresh";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { requirePortalPage } from "@/server/portal/page-caller";
import { listAppointmentsInput } from "@/server/schemas/appointments";
import { isLocalDate, ukDateOf } from "@/server/schemas/dates";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Appointments" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function AppointmentsPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const query = await searchParams;
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const header = (
    <PageHeader
      title="Appointments"
      description="Appointments booked in this portal or through its API. Hero has no list of appointments, so those booked at the practice or by the patient are not shown."
    />
  );
  if (!scope.permissions.includes("appointments.read")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to see appointments">
          {whoCan("appointments.read")}
        </Notice>
      </>
    );
  }

  const practiceId = idFromQuery(query.practice);
  const period = query.period === "all" ? "all" : "upcoming";
  // Invalid filters and cursors show the unfiltered first page.
  const state = listAppointmentsInput.shape.state.safeParse(query.state).data;
  const day = typeof query.day === "string" && isLocalDate(query.day) ? query.day : undefined;
  const cursor = listAppointmentsInput.shape.cursor.safeParse(query.cursor).data;
  const page = await portal.appointments.list({
    practiceId,
    state,
    day,
    // A day that is chosen shows all of it.
    isUpcoming: period === "upcoming" && !day ? true : undefined,
    cursor,
  });
  const filters = {
    practice: practiceId,
    period: period === "all" ? "all" : undefined,
    state,
    day,
  };
  const isFiltered = state !== undefined || day !== undefined || period === "all";
  const firstPage = portalPath(portalScope, "/appointments", filters);

  return (
    <>
      <AutoRefresh />
      {header}
      <AppointmentFilters
        key={JSON.stringify(filters)}
        scope={portalScope}
        practiceId={practiceId}
        period={period}
        state={state}
        day={day}
        today={ukDateOf(new Date())}
      />
      {page.items.length > 0 ? (
        <AppointmentList scope={portalScope} practiceId={practiceId} appointments={page.items} />
      ) : (
        <EmptyState
          icon={<CalendarClock />}
          title={isFiltered || cursor ? "No appointments match" : "No upcoming appointments"}
          action={
            isFiltered || cursor ? (
              <ButtonLink href={portalPath(portalScope, "/appointments", { practice: practiceId })}>
                Clear the filters
              </ButtonLink>
            ) : (
              <ButtonLink href={portalPath(portalScope, "/patients", { practice: practiceId })}>
                Find a patient
              </ButtonLink>
            )
          }
        >
          Find a patient to book an appointment.
        </EmptyState>
      )}
      {cursor || page.nextCursor ? (
        <nav aria-label="Appointment pages" className="mt-4 flex justify-end gap-2 print:hidden">
          {cursor ? (
            <ButtonLink href={firstPage} size="sm">
              First page
            </ButtonLink>
          ) : null}
          {page.nextCursor ? (
            <ButtonLink
              href={portalPath(portalScope, "/appointments", {
                ...filters,
                cursor: page.nextCursor,
              })}
              size="sm"
              rel="next"
            >
              Later
            </ButtonLink>
          ) : null}
        </nav>
      ) : null}
    </>
  );
}
