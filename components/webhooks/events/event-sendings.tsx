import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { Timestamp } from "@/components/ui/timestamp";
import type { EventView } from "@/server/schemas/events";
import { describeAttempt } from "./labels";
import { SendingState } from "./sending-state";

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
            <Th>State</Th>
            <Th numeric>Attempts</Th>
            <Th>Last attempt</Th>
            <Th>Next attempt</Th>
          </tr>
        </thead>
        <tbody>
          {sendings.map(({ destination, state, attempts, lastAttempt, nextAttemptAt }) => (
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
              <Td label="State">
                <SendingState state={state} />
              </Td>
              <Td label="Attempts" numeric>
                {attempts}
              </Td>
              <Td label="Last attempt">
                {lastAttempt ? (
                  <>
                    {describeAttempt(lastAttempt)},{" "}
                    <Timestamp iso={lastAttempt.attemptedAt} format="table" />
                  </>
                ) : (
                  "None yet"
                )}
              </Td>
              <Td label="Next attempt">
                {nextAttemptAt ? <Timestamp iso={nextAttemptAt} format="table" /> : "–"}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
