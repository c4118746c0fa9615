import Link from "next/link";
import { AppointmentStateBadge } from "@/components/appointments/state-badge";
import { StateBadge } from "@/components/links/state-badge";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Badge } from "@/components/ui/badge";
import { Card, CardHeader } from "@/components/ui/card";
import { LocalDate, Timestamp } from "@/components/ui/timestamp";
import type { PatientRecord } from "@/server/schemas/patient-record";

/** A patient's appointments and links, as far as the portal knows them. */
export function PatientItems({ scope, record }: { scope: PortalScope; record: PatientRecord }) {
  const { links, appointments } = record;
  const isHeld = record.outcome === "merged_elsewhere" && record.isHeld;
  const ofId = record.outcome === "merged_elsewhere" ? " under this ID" : "";
  return (
    <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
      <Card aria-labelledby="appointments">
        <CardHeader
          id="appointments"
          title="Appointments"
          description="Only those booked in the portal. The practice may have others."
        />
        {appointments.length === 0 ? (
          <p className="text-muted">No appointments booked in the portal{ofId}.</p>
        ) : (
          <ul className="divide-y divide-line">
            {appointments.map((appointment) => (
              <li
                key={appointment.id}
                className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1 py-3 first:pt-0 last:pb-0"
              >
                <div className="min-w-0">
                  <Link
                    href={portalPath(scope, `/appointments/${appointment.id}`)}
                    prefetch={false}
                    className="link font-medium"
                  >
                    <Timestamp iso={appointment.startsAt} />
                  </Link>
                  <p className="text-sm text-muted">
                    {[
                      appointment.appointmentTypeName,
                      appointment.practitionerName,
                      appointment.locationName,
                    ]
                      .filter(Boolean)
                      .join(" · ")}
                  </p>
                </div>
                <div className="flex flex-wrap gap-1">
                  <AppointmentStateBadge state={appointment.state} />
                  {isHeld ? <Badge tone="ending">On hold</Badge> : null}
                </div>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Card aria-labelledby="links">
        <CardHeader
          id="links"
          title="Links"
          description="Only those created in the portal for this patient."
        />
        {links.length === 0 ? (
          <p className="text-muted">No links created in the portal{ofId}.</p>
        ) : (
          <ul className="divide-y divide-line">
            {links.map((link) => (
              <li
                key={link.id}
                className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1 py-3 first:pt-0 last:pb-0"
              >
                <div className="min-w-0">
                  <Link
                    href={portalPath(scope, `/links/${link.id}`)}
                    prefetch={false}
                    className="link font-medium wrap-anywhere"
                  >
                    <bdi>{link.title}</bdi>
                  </Link>
                  <p className="text-sm text-muted">
                    Expires <LocalDate date={link.expiresOn} />
                  </p>
                </div>
                <div className="flex flex-wrap gap-1">
                  <StateBadge state={link.state} />
                  {link.isHeld ? <Badge tone="ending">On hold</Badge> : null}
                </div>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </div>
  );
}
