import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { DestinationView } from "@/server/schemas/destinations";
import { describeFilters, DestinationState } from "./destination-state";

type DestinationListProps = { scope: PortalScope; destinations: readonly DestinationView[] };

/** The destinations of this environment. */
export function DestinationList({ scope, destinations }: DestinationListProps) {
  return (
    <TableFrame label="Destinations">
      <Table cardsOnPhones>
        <thead>
          <tr>
            <Th>Name</Th>
            <Th>Address</Th>
            <Th>Receives</Th>
            <Th>State</Th>
            <Th numeric>Waiting</Th>
          </tr>
        </thead>
        <tbody>
          {destinations.map((destination) => (
            <tr key={destination.id}>
              <Td className="font-medium wrap-anywhere">
                <Link
                  href={portalPath(scope, `/webhooks/destinations/${destination.id}`)}
                  className="link"
                >
                  {destination.name}
                </Link>
              </Td>
              <Td label="Address">
                <code className="font-mono text-sm wrap-anywhere">
                  {new URL(destination.url).host}
                </code>
              </Td>
              <Td label="Receives" className="wrap-anywhere">
                {describeFilters(destination)}
              </Td>
              <Td label="State">
                <DestinationState {...destination} />
              </Td>
              <Td label="Waiting" numeric>
                {destination.waitingCount.toLocaleString("en-GB")}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
