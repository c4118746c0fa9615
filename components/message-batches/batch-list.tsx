import Link from "next/link";
import { describeChannels } from "@/components/messages/labels";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { Timestamp } from "@/components/ui/timestamp";
import type { MessageBatchView } from "@/server/schemas/message-batches";
import { BatchStateBadge } from "./state-badge";

type BatchListProps = {
  scope: PortalScope;
  /** The practice the list is filtered by, kept in the addresses it leads to. */
  practiceId: string | undefined;
  batches: readonly MessageBatchView[];
};

/** Batches, newest first, without their texts. */
export function BatchList({ scope, practiceId, batches }: BatchListProps) {
  return (
    <TableFrame label="Batches">
      <Table cardsOnPhones>
        <thead>
          <tr>
            <Th>Name</Th>
            <Th>State</Th>
            <Th>Practice</Th>
            <Th numeric>Recipients</Th>
            <Th numeric>Sent</Th>
            <Th numeric>Not sent</Th>
            <Th numeric>Unknown</Th>
            <Th>Created</Th>
          </tr>
        </thead>
        <tbody>
          {batches.map((batch) => (
            <tr key={batch.id}>
              <Td className="min-w-44">
                <Link
                  href={portalPath(scope, `/messages/batches/${batch.id}`, {
                    practice: practiceId,
                  })}
                  className="link font-medium wrap-anywhere"
                >
                  {batch.name}
                </Link>
                <span className="block text-sm text-muted max-sm:ml-2">
                  {describeChannels(batch)}
                </span>
              </Td>
              <Td label="State">
                <BatchStateBadge state={batch.state} />
              </Td>
              <Td label="Practice">
                <div className="wrap-anywhere">{batch.practice.name}</div>
              </Td>
              {(
                [
                  ["Recipients", batch.rowCount],
                  ["Sent", batch.counts.sent],
                  ["Not sent", batch.counts.notSent],
                  ["Unknown", batch.counts.unknown],
                ] as const
              ).map(([label, value]) => (
                <Td key={label} numeric label={label}>
                  {value.toLocaleString("en-GB")}
                </Td>
              ))}
              <Td label="Created" className="text-sm">
                <Timestamp iso={batch.createdAt} format="table" />
                <span className="block wrap-anywhere text-muted">{batch.createdBy}</span>
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
