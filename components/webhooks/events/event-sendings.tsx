import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { EventView } from "@/server/schemas/events";
import { SendingCells, SendingHeadings } from "./sending-cells";

type EventSendingsProps = { scope: PortalScope } & Pick<EventView, "sendings">;

/** Where an event was sent. */
export function EventSendings({ scope, sendings }: EventSendingsProps) {
  if (sendings.length === 0) {
    return (
      <p className="text-muted">
        Not sent to a destination. It can be read with <code>GET /api/v1/events</code>.
      </p>
    );
  }
  return (
    <TableFrame label="Destinations of this event" density="compact">
      <Table cardsOnPhones className="text-sm!">
        <thead>
          <tr>
            <Th>Destination</Th>
            <SendingHeadings />
          </tr>
        </thead>
        <tbody>
          {sendings.map(({ destination, ...sending }) => (
            <tr key={destination.id}>
              <Td label="Destination" className="font-medium wrap-anywhere">
                {destination.isDeleted ? (
                  `${destination.name} (deleted)`
                ) : (
                  <Link
                    href={portalPath(scope, `/webhooks/destinations/${destination.id}`)}
                    className="link"
                  >
                    {destination.name}
                  </Link>
                )}
              </Td>
              <SendingCells sending={sending} />
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
