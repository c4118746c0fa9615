import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Identifier } from "@/components/ui/identifier";
import { Timestamp } from "@/components/ui/timestamp";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { PracticeView } from "@/server/schemas/practices";
import { HealthBadge } from "./health-badge";
import { KeySummary } from "./key-summary";
import { describeFailedChecks, practiceLabel } from "./labels";

type PracticeListProps = { scope: PortalScope; practices: readonly PracticeView[] };

/** The connected practices. */
export function PracticeList({ scope, practices }: PracticeListProps) {
  return (
    <TableFrame label="Connected practices">
      <Table cardsOnPhones>
        <thead>
          <tr>
            <Th>Practice</Th>
            <Th>Practice group ID</Th>
            <Th>Health</Th>
            <Th numeric>Capabilities</Th>
            <Th>Key</Th>
            <Th>Last successful test</Th>
          </tr>
        </thead>
        <tbody>
          {practices.map((practice) => (
            <tr key={practice.id}>
              <Td>
                <div className="min-w-44 wrap-anywhere">
                  <Link
                    href={portalPath(scope, `/practices/${practice.id}`)}
                    className="link font-medium"
                  >
                    <bdi>{practiceLabel(practice)}</bdi>
                  </Link>
                  {practice.nickname ? (
                    <div className="text-sm text-muted">{practice.name}</div>
                  ) : null}
                </div>
              </Td>
              <Td label="Group ID">
                <span className="whitespace-nowrap">
                  <Identifier value={practice.practiceGroupId} label="Copy practice group ID" />
                </span>
              </Td>
              <Td label="Health">
                <div className="flex max-w-64 flex-col gap-1">
                  <HealthBadge health={practice.health} />
                  <span className="text-sm text-muted empty:hidden">
                    {practice.healthReason ?? describeFailedChecks(practice.capabilityChecks)}
                  </span>
                </div>
              </Td>
              <Td numeric label="Capabilities">
                {practice.capabilities.length}
              </Td>
              <Td label="Key">
                <KeySummary credential={practice.credential} />
              </Td>
              <Td label="Last successful test" className="text-sm text-muted">
                {practice.lastSuccessAt ? (
                  <Timestamp iso={practice.lastSuccessAt} format="table" />
                ) : (
                  "Never"
                )}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
