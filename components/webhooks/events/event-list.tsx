import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { Timestamp } from "@/components/ui/timestamp";
import type { EventSummary } from "@/server/schemas/events";
import { eventLabel } from "./labels";

type EventListProps = { scope: PortalScope; events: readonly EventSummary[] };

/** Events, each with a link to its data. */
export function EventList({ scope, events }: EventListProps) {
  return (
    <TableFrame label="Events" density="compact">
      <Table cardsOnPhones className="text-sm!">
        <thead>
          <tr>
            <Th>When</Th>
            <Th>Event</Th>
            <Th>Type</Th>
            <Th>Practice</Th>
            <Th>Reference</Th>
          </tr>
        </thead>
        <tbody>
          {events.map(({ id, type, occurredAt, practice, reference }) => (
            <tr key={id}>
              <Td label="When" className="whitespace-nowrap text-muted">
                <Timestamp iso={occurredAt} format="table" />
              </Td>
              <Td label="Event" className="font-medium">
                <Link href={portalPath(scope, `/webhooks/events/${id}`)} className="link">
                  {eventLabel(type)}
                </Link>
              </Td>
              <Td label="Type">
                <code className="font-mono wrap-anywhere">{type}</code>
              </Td>
              <Td label="Practice" className="wrap-anywhere">
                {practice?.name ?? "–"}
              </Td>
              <Td label="Reference" className="wrap-anywhere">
                {reference ?? "–"}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
