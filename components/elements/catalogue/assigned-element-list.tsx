import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { elementCatalogue, isKnownElement } from "@/server/schemas/element-catalogue";
import type { AssignedElement } from "@/server/schemas/elements";
import { KnownElementDetails } from "./known-element-details";

type AssignedElementListProps = { practiceName: string; items: readonly AssignedElement[] };

export function AssignedElementList({ practiceName, items }: AssignedElementListProps) {
  if (items.length === 0) {
    return (
      <EmptyState
        title={`Hero has assigned no elements to ${practiceName}`}
        doc="Only Hero can assign elements."
      >
        Ask your contact at Hero to assign the Message Builder to this practice.
      </EmptyState>
    );
  }
  return (
    <ul className="flex flex-col gap-4">
      {items.map((item, index) => (
        // Hero's assignments have no id.
        <li key={`${index} ${item.raw}`}>
          <AssignedElementCard item={item} />
        </li>
      ))}
    </ul>
  );
}

function AssignedElementCard({ item: { tag, version, raw } }: { item: AssignedElement }) {
  const catalogueEntry = tag && isKnownElement(tag) ? elementCatalogue[tag] : null;
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="text-lg font-semibold">{catalogueEntry?.name ?? "Unrecognised element"}</h3>
        {catalogueEntry ? (
          <code className="font-mono text-sm text-muted">{catalogueEntry.tag}</code>
        ) : null}
        {catalogueEntry ? null : <Badge tone="unknown">Not recognised</Badge>}
        <span className="text-sm text-muted">{version ? `Version ${version}` : "No version"}</span>
      </div>
      <p className="mt-1 max-w-prose text-muted">
        {catalogueEntry?.description ??
          "Hero has assigned this element, but its tag and attributes are not documented, so the portal cannot embed it."}
      </p>
      {catalogueEntry ? <KnownElementDetails element={catalogueEntry} /> : null}
      <details className="mt-4">
        <summary className="w-fit cursor-pointer text-sm font-medium text-muted hover:text-ink">
          Data from Hero
        </summary>
        <pre
          tabIndex={0}
          role="region"
          aria-label={`Data from Hero: ${catalogueEntry?.name ?? "unrecognised element"}`}
          className="mt-2 max-h-80 overflow-auto rounded-md border border-line bg-sunken p-3 font-mono text-sm"
        >
          {raw}
        </pre>
      </details>
    </Card>
  );
}
