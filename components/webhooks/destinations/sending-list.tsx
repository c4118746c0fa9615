import Link from "next/link";
import type { ReactNode } from "react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { Timestamp } from "@/components/ui/timestamp";
import { SendingCells, SendingHeadings } from "@/components/webhooks/events/sending-cells";
import type { SendingView } from "@/server/schemas/events";

type SendingListProps = {
  scope: PortalScope;
  sendings: readonly SendingView[];
  /** What can be done with a sending. */
  actionFor?: ((sending: SendingView) => ReactNode) | undefined;
};

/** The events that were sent to a destination or wait to be. Of an answer only its status is known. */
export function SendingList({ scope, sendings, actionFor }: SendingListProps) {
  return (
    <TableFrame label="Events of this destination" density="compact">
      <Table cardsOnPhones className="text-sm!">
        <thead>
          <tr>
            <Th>When</Th>
            <Th>Event</Th>
            <SendingHeadings />
            {actionFor ? (
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {sendings.map((sending) => {
            const { event } = sending;
            return (
              <tr key={event.id}>
                <Td label="When" className="whitespace-nowrap text-muted">
                  <Timestamp iso={event.occurredAt} format="table" />
                </Td>
                <Td label="Event">
                  <Link
                    href={portalPath(scope, `/webhooks/events/${event.id}`)}
                    className="link inline-block font-mono wrap-anywhere sm:min-w-48"
                  >
                    {event.type}
                  </Link>
                </Td>
                <SendingCells sending={sending} />
                {actionFor ? (
                  <Td className="text-right whitespace-nowrap">{actionFor(sending)}</Td>
                ) : null}
              </tr>
            );
          })}
        </tbody>
      </Table>
    </TableFrame>
  );
}
