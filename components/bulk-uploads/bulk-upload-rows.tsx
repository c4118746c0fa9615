import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type {
  BulkUploadRowPage,
  BulkUploadRowState,
  BulkUploadView,
} from "@/server/schemas/bulk-uploads";
import { RowStateBadge } from "./state-badge";
import { rowStateNames } from "./labels";

type BulkUploadRowsProps = {
  scope: PortalScope;
  bulkUpload: BulkUploadView;
  page: BulkUploadRowPage;
  state: BulkUploadRowState | undefined;
  after: number;
};

const stateOrder: readonly BulkUploadRowState[] = [
  "failed",
  "unknown",
  "created",
  "working",
  "waiting",
  "cancelled",
];

export function BulkUploadRows({ scope, bulkUpload, page, state, after }: BulkUploadRowsProps) {
  const rowsPath = (query: { state?: string | undefined; after?: string | undefined }) =>
    portalPath(scope, `/links/bulk-uploads/${bulkUpload.id}`, query);
  const tabs = stateOrder.filter((tab) => bulkUpload.counts[tab] > 0 || tab === state);
  return (
    <section aria-labelledby="bulk-upload-rows" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id="bulk-upload-rows" className="text-lg font-semibold">
          Rows
        </h2>
        <nav aria-label="Rows by state" className="flex flex-wrap gap-1">
          {[undefined, ...tabs].map((tab) => (
            <Link
              key={tab ?? "all"}
              href={rowsPath({ state: tab })}
              scroll={false}
              aria-current={tab === state ? "page" : undefined}
              className="inline-flex min-h-8 items-center rounded-md border border-transparent px-2.5 text-sm text-muted hover:bg-hover hover:text-ink aria-[current]:border-line-strong aria-[current]:bg-surface aria-[current]:font-medium aria-[current]:text-ink pointer-coarse:min-h-11"
            >
              {tab
                ? `${rowStateNames[tab]} ${bulkUpload.counts[tab].toLocaleString("en-GB")}`
                : "All"}
            </Link>
          ))}
        </nav>
      </div>
      <TableFrame label="Rows of this upload" density="compact">
        <Table cardsOnPhones>
          <thead>
            <tr>
              <Th numeric>Row</Th>
              <Th>Reference</Th>
              <Th>State</Th>
              <Th>Reason</Th>
              <Th>Link</Th>
            </tr>
          </thead>
          <tbody>
            {page.items.map((row) => (
              <tr key={row.rowNumber}>
                <Td numeric label="Row" className="w-20">
                  {row.rowNumber.toLocaleString("en-GB")}
                </Td>
                <Td label="Reference" className="max-w-64">
                  <span className="break-words">{row.reference ?? "–"}</span>
                </Td>
                <Td label="State">
                  <RowStateBadge state={row.state} />
                </Td>
                <Td label="Reason" className="min-w-48 text-muted">
                  {row.reason ?? "–"}
                </Td>
                <Td label="Link" className="whitespace-nowrap">
                  {row.linkId ? (
                    <Link href={portalPath(scope, `/links/${row.linkId}`)} className="link">
                      View link<span className="sr-only"> for row {row.rowNumber}</span>
                    </Link>
                  ) : (
                    "–"
                  )}
                </Td>
              </tr>
            ))}
            {page.items.length === 0 ? (
              <tr>
                <Td colSpan={5} className="text-muted">
                  No rows.
                </Td>
              </tr>
            ) : null}
          </tbody>
        </Table>
      </TableFrame>
      {after > 0 || page.nextCursor !== null ? (
        <nav aria-label="Pages of rows" className="flex justify-end gap-2 print:hidden">
          {after > 0 ? (
            <ButtonLink href={rowsPath({ state })} size="sm" scroll={false}>
              First page
            </ButtonLink>
          ) : null}
          {page.nextCursor === null ? null : (
            <ButtonLink
              href={rowsPath({ state, after: `${page.nextCursor}` })}
              size="sm"
              rel="next"
              scroll={false}
            >
              Next
            </ButtonLink>
          )}
        </nav>
      ) : null}
    </section>
  );
}
