import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { formatWeekday, ukDateOf } from "@/server/schemas/dates";
import type { AppointmentView } from "@/server/schemas/appointments";
import { formatSlotTime } from "./slot-times";
import { AppointmentStateBadge } from "./state-badge";

type AppointmentListProps = {
  scope: PortalScope;
  /** The practice the list is filtered by, kept in the addresses it leads to. */
  practiceId: string | undefined;
  appointments: readonly AppointmentView[];
};

/** Appointments that the portal knows. Printed without what shows where a patient will be. */
export function AppointmentList({ scope, practiceId, appointments }: AppointmentListProps) {
  return (
    <TableFrame label="Appointments">
      <Table cardsOnPhones>
        <thead>
          <tr>
            <Th>Time</Th>
            <Th>State</Th>
            <Th>Patient</Th>
            <Th>Type</Th>
            <Th className="print:hidden">Practice</Th>
            <Th className="print:hidden">Practitioner</Th>
          </tr>
        </thead>
        <tbody>
          {appointments.map((appointment) => {
            const day = ukDateOf(new Date(appointment.startsAt));
            return (
              <tr key={appointment.id}>
                <Td>
                  <Link
                    href={portalPath(scope, `/appointments/${appointment.id}`, {
                      practice: practiceId,
                    })}
                    className="link font-medium"
                  >
                    {formatSlotTime(appointment.startsAt)}, {formatWeekday(day)} {day.slice(0, 4)}
                  </Link>
                </Td>
                <Td label="State">
                  <AppointmentStateBadge state={appointment.state} />
                </Td>
                <Td label="Patient">
                  <span className="font-mono text-sm">{appointment.patientId}</span>
                </Td>
                <Td label="Type">
                  <div className="wrap-anywhere">{appointment.appointmentType.name}</div>
                </Td>
                <Td label="Practice" className="print:hidden">
                  <div className="wrap-anywhere">{appointment.practice.name}</div>
                </Td>
                <Td label="Practitioner" className="print:hidden">
                  <div className="wrap-anywhere">{appointment.practitioner.name}</div>
                </Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </TableFrame>
  );
}
