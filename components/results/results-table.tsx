import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { LinkKind } from "@/server/schemas/links/fields";
import type { ResultCounts, ResultGroup, ResultGrouping } from "@/server/schemas/results";
import { formatShare, groupingNames, stepNames, ungroupedNames } from "./labels";

const formatNumber = (value: number) => value.toLocaleString("en-GB");

/** The total number of what the patients did. */
const totalNames: Record<LinkKind, string> = {
  booking: "Bookings",
  form: "Responses",
  video: "Uses",
};

type ResultsTableProps = {
  label: string;
  firstColumn: string;
  kind: LinkKind | undefined;
  rows: (ResultCounts & { key: string; name: string; href?: string })[];
};

/** Results as rows: the numbers behind the chart, or those of each group. */
export function ResultsTable({ label, firstColumn, kind, rows }: ResultsTableProps) {
  const names = stepNames(kind);
  const share = `Share ${names.booked.toLowerCase()}`;
  const bookings = totalNames[kind ?? "booking"];
  return (
    <TableFrame label={label} density="compact">
      <Table cardsOnPhones>
        <thead>
          <tr>
            <Th>{firstColumn}</Th>
            <Th numeric>{names.created}</Th>
            <Th numeric>{names.opened}</Th>
            <Th numeric>{names.booked}</Th>
            <Th numeric>{share}</Th>
            <Th numeric>{names.cancelled}</Th>
            <Th numeric>{bookings}</Th>
            <Th numeric>Opens</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row" className="px-4 py-(--row-pad) text-left font-medium max-sm:p-0">
                {row.href ? (
                  <Link href={row.href} prefetch={false} className="link">
                    <bdi>{row.name}</bdi>
                  </Link>
                ) : (
                  <bdi>{row.name}</bdi>
                )}
              </th>
              <Td numeric label={names.created}>
                {formatNumber(row.created)}
              </Td>
              <Td numeric label={names.opened}>
                {formatNumber(row.opened)}
              </Td>
              <Td numeric label={names.booked}>
                {formatNumber(row.booked)}
              </Td>
              <Td numeric label={share}>
                {formatShare(row.booked, row.created)}
              </Td>
              <Td numeric label={names.cancelled}>
                {formatNumber(row.cancelled)}
              </Td>
              <Td numeric label={bookings}>
                {formatNumber(row.bookings)}
              </Td>
              <Td numeric label="Opens">
                {formatNumber(row.opens)}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}

type GroupTableProps = {
  scope: PortalScope;
  groupBy: Exclude<ResultGrouping, "date">;
  kind: LinkKind | undefined;
  practiceId: string | undefined;
  groups: readonly ResultGroup[];
};

/** Where the links of a group are listed. Links of an appointment type are found by no filter. */
function pathOfGroup({ scope, groupBy, practiceId }: GroupTableProps, id: string) {
  switch (groupBy) {
    case "practice":
      return portalPath(scope, "/links", { practice: id });
    case "tag":
      return portalPath(scope, "/links", { practice: practiceId, tag: id });
    case "bulk_upload":
      return portalPath(scope, "/links", { practice: practiceId, upload: id });
    case "link":
      return portalPath(scope, `/links/${id}`, { practice: practiceId });
    case "appointment_type":
      return undefined;
  }
}

/** One row for each practice, tag, upload, appointment type or link. */
export function GroupTable(props: GroupTableProps) {
  const { groupBy, kind, groups } = props;
  const firstColumn = groupingNames[groupBy];
  return (
    <ResultsTable
      label={`Results by ${firstColumn.toLowerCase()}`}
      firstColumn={firstColumn}
      kind={kind}
      rows={groups.map(({ id, name, ...counts }) => {
        const href = id === null ? undefined : pathOfGroup(props, id);
        return {
          ...counts,
          key: id ?? "",
          name: name ?? ungroupedNames[groupBy],
          ...(href && { href }),
        };
      })}
    />
  );
}
