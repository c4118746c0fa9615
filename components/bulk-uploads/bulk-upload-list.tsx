import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Timestamp } from "@/components/ui/timestamp";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { BulkUploadView } from "@/server/schemas/bulk-uploads";
import { BulkUploadStateBadge } from "./state-badge";

export function BulkUploadList({
  scope,
  bulkUploads,
}: {
  scope: PortalScope;
  bulkUploads: readonly BulkUploadView[];
}) {
  return (
    <TableFrame label="Bulk uploads">
      <Table cardsOnPhones>
        <thead>
          <tr>
            <Th>Name</Th>
            <Th>State</Th>
            <Th numeric>Rows</Th>
            <Th numeric>Created</Th>
            <Th numeric>Failed</Th>
            <Th numeric>Unknown</Th>
            <Th>Uploaded</Th>
          </tr>
        </thead>
        <tbody>
          {bulkUploads.map((bulkUpload) => (
            <tr key={bulkUpload.id}>
              <Td className="min-w-44">
                <Link
                  href={portalPath(scope, `/links/bulk-uploads/${bulkUpload.id}`)}
                  className="link font-medium"
                >
                  {bulkUpload.name}
                </Link>
                <span className="block text-sm text-muted max-sm:ml-2">
                  {bulkUpload.kind === "form" ? "Form links" : "Booking links"}
                </span>
              </Td>
              <Td label="State">
                <BulkUploadStateBadge state={bulkUpload.state} />
              </Td>
              {(
                [
                  ["Rows", bulkUpload.rowCount],
                  ["Created", bulkUpload.counts.created],
                  ["Failed", bulkUpload.counts.failed],
                  ["Unknown", bulkUpload.counts.unknown],
                ] as const
              ).map(([label, value]) => (
                <Td key={label} numeric label={label}>
                  {value.toLocaleString("en-GB")}
                </Td>
              ))}
              <Td label="Uploaded" className="text-sm">
                <Timestamp iso={bulkUpload.createdAt} format="table" />
                <span className="block text-muted">{bulkUpload.createdBy}</span>
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
