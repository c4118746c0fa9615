import Link from "next/link";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { Moment } from "@/components/ui/moment";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { BulkView } from "@/server/schemas/bulk";
import { StateBadge } from "./state-badge";

/** Earlier bulks, newest first, with what became of their rows. */
export function BulkList({ place, bulks }: { place: Place; bulks: readonly BulkView[] }) {
  return (
    <TableFrame label="Bulks">
      <Table cardsOnPhones>
        <thead>
          <tr>
            <Th>Name</Th>
            <Th>State</Th>
            <Th numeric>Rows</Th>
            <Th numeric>Made</Th>
            <Th numeric>Refused</Th>
            <Th numeric>Unknown</Th>
            <Th>Sent</Th>
          </tr>
        </thead>
        <tbody>
          {bulks.map((bulk) => (
            <tr key={bulk.id}>
              <Td className="min-w-44">
                <Link
                  href={portalPath(place, `/links/bulk/${bulk.id}`)}
                  className="link font-medium"
                >
                  {bulk.name}
                </Link>
                <span className="block text-sm text-muted max-sm:ml-2">
                  {bulk.kind === "form" ? "Form links" : "Booking links"}
                </span>
              </Td>
              <Td label="State">
                <StateBadge state={bulk.state} />
              </Td>
              {(
                [
                  ["Rows", bulk.rowCount],
                  ["Made", bulk.counts.made],
                  ["Refused", bulk.counts.refused],
                  ["Unknown", bulk.counts.unknown],
                ] as const
              ).map(([label, amount]) => (
                <Td key={label} numeric label={label}>
                  {amount.toLocaleString("en-GB")}
                </Td>
              ))}
              <Td label="Sent" className="text-sm">
                <Moment iso={bulk.createdAt} />
                <span className="block text-muted">{bulk.createdBy}</span>
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
