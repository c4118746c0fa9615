import { CalendarX } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { Card, CardHeader } from "@/components/ui/card";
import { sharedStateStyles } from "@/components/ui/state-styles";
import { Timestamp } from "@/components/ui/timestamp";
import type { LinkAppointment } from "@/server/schemas/links/view";

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

/** What patients booked with a link, as Hero's webhooks reported. It says nothing about who they are. */
export function LinkAppointments({ appointments }: { appointments: readonly LinkAppointment[] }) {
  if (appointments.length === 0) return null;
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
    </Card>
  );
}
