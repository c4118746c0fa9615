import { CalendarX } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { Card, CardHeader } from "@/components/ui/card";
import { sharedStateStyles } from "@/components/ui/state-styles";
import { Timestamp } from "@/components/ui/timestamp";
import { formatCount } from "@/components/ui/format-count";
import {
  type LinkAppointment,
  type LinkView,
  maxLinkAppointments,
} from "@/server/schemas/links/view";

function StateBadge({ appointment }: { appointment: LinkAppointment }) {
  if (appointment.state === "cancelled") {
    return (
      <Badge tone="dead" icon={<CalendarX />}>
        Cancelled
      </Badge>
    );
  }
  return (
    <Badge {...sharedStateStyles.booked}>{appointment.rescheduledAt ? "Moved" : "Booked"}</Badge>
  );
}

type LinkUses = Pick<LinkView, "kind" | "uses">;

/** Bookings that Hero counts and whose appointments the portal does not know: their webhooks did not arrive. */
export function countUnlistedBookings(
  { kind, uses }: LinkUses,
  appointments: readonly LinkAppointment[],
): number {
  if (kind !== "booking" || appointments.length >= maxLinkAppointments) return 0;
  return Math.max(uses - appointments.length, 0);
}

/** What patients booked with a link, as Hero's webhooks reported. It says nothing about who they are. */
export function LinkAppointments({
  link,
  appointments,
}: {
  link: LinkUses;
  appointments: readonly LinkAppointment[];
}) {
  const unlisted = countUnlistedBookings(link, appointments);
  if (appointments.length + unlisted === 0) return null;
  return (
    <Card aria-labelledby="link-appointments">
      <CardHeader id="link-appointments" title="Appointments booked with this link" />
      <ul className="flex flex-col">
        {appointments.map((appointment) => (
          <li
            key={appointment.id}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-t border-line py-2.5 first:border-t-0"
          >
            <p className="min-w-0">
              {appointment.startsAt ? <Timestamp iso={appointment.startsAt} /> : "Time not known"}
            </p>
            <StateBadge appointment={appointment} />
          </li>
        ))}
      </ul>
      {unlisted > 0 ? (
        <p className="mt-2 max-w-prose text-sm text-muted">
          {formatCount(unlisted, "booking is", "bookings are")} not listed here. The portal has
          received no webhook about {unlisted === 1 ? "it" : "them"}. Check Hero for the time, and
          whether {unlisted === 1 ? "it was" : "any were"} cancelled.
        </p>
      ) : null}
    </Card>
  );
}
