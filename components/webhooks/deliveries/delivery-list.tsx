import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { Timestamp } from "@/components/ui/timestamp";
import type { DeliverySummary } from "@/server/schemas/webhook-deliveries";
import { DeliveryStateBadge } from "./delivery-state-badge";
import { eventTypeName, explainOutcome } from "./labels";

type DeliveryListProps = {
  scope: PortalScope;
  /** The practice in the header, kept in the addresses of the list. */
  practiceId: string | undefined;
  deliveries: readonly DeliverySummary[];
};

/** Deliveries from Hero, a line each. */
export function DeliveryList({ scope, practiceId, deliveries }: DeliveryListProps) {
  return (
    <TableFrame label="Deliveries" density="compact">
      <Table cardsOnPhones>
        <thead>
          <tr>
            <Th>Arrived</Th>
            <Th>Event type</Th>
            <Th>State</Th>
            <Th>Result</Th>
            <Th>Object</Th>
            <Th>Practice</Th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <tr key={delivery.id}>
              <Td className="whitespace-nowrap">
                <Link
                  href={portalPath(scope, `/webhooks/deliveries/${delivery.id}`, {
                    practice: practiceId,
                  })}
                  className="link font-medium"
                >
                  <Timestamp iso={delivery.receivedAt} format="table" />
                </Link>
              </Td>
              <Td label="Event type">
                <code className="inline-block font-mono text-sm wrap-anywhere sm:min-w-50">
                  {eventTypeName(delivery.eventType)}
                </code>
              </Td>
              <Td label="State">
                <DeliveryStateBadge state={delivery.state} />
              </Td>
              <Td label="Result">
                <div className="wrap-anywhere">
                  {explainOutcome(delivery.state, delivery.outcome).title}
                  <DeliveryNotes delivery={delivery} />
                </div>
              </Td>
              <Td label="Object">
                <span className="wrap-anywhere">
                  {delivery.objectType ?? "None"}
                  {delivery.objectId ? (
                    <span className="font-mono text-sm"> {delivery.objectId}</span>
                  ) : null}
                </span>
              </Td>
              <Td label="Practice">
                <div className="wrap-anywhere">{delivery.practice.name}</div>
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}

function DeliveryNotes({ delivery: { isLate, repeats } }: { delivery: DeliverySummary }) {
  const notes = [isLate ? "late" : null, repeats > 0 ? `sent ${repeats + 1} times` : null].filter(
    Boolean,
  );
  return notes.length > 0 ? <span className="text-muted"> ({notes.join(", ")})</span> : null;
}
