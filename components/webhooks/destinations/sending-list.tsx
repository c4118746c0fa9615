import Link from "next/link";
import type { ReactNode } from "react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { Timestamp } from "@/components/ui/timestamp";
import { describeAttempt } from "@/components/webhooks/events/labels";
import { SendingState } from "@/components/webhooks/events/sending-state";
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
            <Th>State</Th>
            <Th numeric>Attempts</Th>
            <Th>Last attempt</Th>
            <Th>Next attempt</Th>
            {actionFor ? (
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {sendings.map((sending) => {
            const { event, state, attempts, lastAttempt, nextAttemptAt } = sending;
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
                <Td label="State">
                  <SendingState state={state} />
                </Td>
                <Td label="Attempts" numeric>
                  {attempts}
                </Td>
                <Td label="Last attempt">
                  {lastAttempt ? describeAttempt(lastAttempt) : "None yet"}
                </Td>
                <Td label="Next attempt" className="whitespace-nowrap">
                  {nextAttemptAt ? <Timestamp iso={nextAttemptAt} format="table" /> : "–"}
                </Td>
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
