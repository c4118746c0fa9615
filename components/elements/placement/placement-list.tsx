import Link from "next/link";
import { elementName } from "@/components/elements/element-name";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { PlacementView } from "@/server/schemas/placements";
import { StateBadge } from "./state-badge";

type PlacementListProps = { place: Place; placements: readonly PlacementView[] };

/** The placements of this environment, in the order given. */
export function PlacementList({ place, placements }: PlacementListProps) {
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
                  href={portalPath(place, `/elements/${id}`)}
                  className="link font-medium wrap-anywhere"
                >
                  {name}
                </Link>
              </Td>
              <Td label="Element" className="whitespace-nowrap">
                {elementName(element)}
              </Td>
              <Td label="Practices">
                <Few items={practices.map((each) => each.name)} none="None" />
              </Td>
              <Td label="Origins">
                <Few items={origins} none="None yet" isCode />
              </Td>
              <Td label="State">
                <StateBadge isOn={isOn} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}

const shownAtMost = 2;

/** The first of a list, and how many more there are. */
function Few({
  items,
  none,
  isCode = false,
}: {
  items: readonly string[];
  none: string;
  isCode?: boolean;
}) {
  if (items.length === 0) return <span className="text-muted">{none}</span>;
  const more = items.length - shownAtMost;
  return (
    <>
      {items.slice(0, shownAtMost).map((item) => (
        <span key={item} className={`block wrap-anywhere ${isCode ? "font-mono text-sm" : ""}`}>
          {item}
        </span>
      ))}
      {more > 0 ? <span className="block text-sm text-muted">and {more} more</span> : null}
    </>
  );
}
