import Link from "next/link";
import { elementName } from "@/components/elements/element-name";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { PlacementView } from "@/server/schemas/placements";
import { PlacementStateBadge } from "./placement-state-badge";

type PlacementListProps = { scope: PortalScope; placements: readonly PlacementView[] };

export function PlacementList({ scope, placements }: PlacementListProps) {
  return (
    <TableFrame label="Placements">
      <Table cardsOnPhones>
        <thead>
          <tr>
            <Th>Name</Th>
            <Th>Element</Th>
            <Th>Practices</Th>
            <Th>Origins</Th>
            <Th>State</Th>
          </tr>
        </thead>
        <tbody>
          {placements.map(({ id, name, element, practices, origins, isOn }) => (
            <tr key={id}>
              <Td>
                <Link
                  href={portalPath(scope, `/elements/${id}`)}
                  className="link font-medium wrap-anywhere"
                >
                  {name}
                </Link>
              </Td>
              <Td label="Element" className="whitespace-nowrap">
                {elementName(element)}
              </Td>
              <Td label="Practices">
                <TruncatedList
                  items={practices.map((practice) => practice.name)}
                  emptyText="None"
                />
              </Td>
              <Td label="Origins">
                <TruncatedList items={origins} emptyText="None yet" isCode />
              </Td>
              <Td label="State">
                <PlacementStateBadge isOn={isOn} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}

const maxItems = 2;

function TruncatedList({
  items,
  emptyText,
  isCode = false,
}: {
  items: readonly string[];
  emptyText: string;
  isCode?: boolean;
}) {
  if (items.length === 0) return <span className="text-muted">{emptyText}</span>;
  const hiddenCount = items.length - maxItems;
  return (
    <>
      {items.slice(0, maxItems).map((item) => (
        <span key={item} className={`block wrap-anywhere ${isCode ? "font-mono text-sm" : ""}`}>
          {item}
        </span>
      ))}
      {hiddenCount > 0 ? (
        <span className="block text-sm text-muted">and {hiddenCount} more</span>
      ) : null}
    </>
  );
}
