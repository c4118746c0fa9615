import Link from "next/link";
import { elementName } from "@/components/elements/element-name";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Badge } from "@/components/ui/badge";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Identifier } from "@/components/ui/identifier";
import { Timestamp } from "@/components/ui/timestamp";
import type { PlacementView } from "@/server/schemas/placements";

export function PlacementDetails({
  scope,
  placement,
}: {
  scope: PortalScope;
  placement: PlacementView;
}) {
  const { id, element, practices, origins, attributes, theme, createdBy, createdAt } = placement;
  return (
    <Card aria-labelledby="placement-details">
      <CardHeader id="placement-details" title="Details" />
      <DescriptionList>
        <DescriptionItem term="Placement ID">
          <Identifier value={id} label="Copy placement ID" />
        </DescriptionItem>
        <DescriptionItem term="Element">
          {elementName(element)} <code className="font-mono text-sm text-muted">{element}</code>
        </DescriptionItem>
        <DescriptionItem term="Practices">
          <ul className="flex flex-col gap-1.5">
            {practices.map((practice) => (
              <li key={practice.id} className="flex flex-wrap items-center gap-x-2 gap-y-1">
                {practice.isConnected ? (
                  <Link href={portalPath(scope, `/practices/${practice.id}`)} className="link">
                    {practice.name}
                  </Link>
                ) : (
                  <>
                    <span>{practice.name}</span>
                    <Badge tone="unknown">Disconnected: no tokens</Badge>
                  </>
                )}
                <span className="font-mono text-sm text-muted">{practice.practiceGroupId}</span>
              </li>
            ))}
          </ul>
        </DescriptionItem>
        <DescriptionItem term="Origins">
          {origins.length > 0 ? (
            <ul className="flex flex-col gap-1 font-mono text-sm">
              {origins.map((origin) => (
                <li key={origin} className="wrap-anywhere">
                  {origin}
                </li>
              ))}
            </ul>
          ) : (
            <span className="text-muted">None yet, so your pages cannot use it</span>
          )}
        </DescriptionItem>
        <DescriptionItem term="Hero staff ID">
          {attributes.adminId ? (
            <span className="font-mono">{attributes.adminId}</span>
          ) : (
            <span className="text-muted">Not set</span>
          )}
        </DescriptionItem>
        <DescriptionItem term="Theme">
          {theme ? (
            <span className="flex flex-wrap items-center gap-2">
              {[theme.colours ? "Custom colours" : null, theme.font ? "custom font" : null]
                .filter(Boolean)
                .join(", ")}
              {theme.colours ? (
                <span aria-hidden="true" className="inline-flex gap-1">
                  {[theme.colours.primary.base, theme.colours.typography.base].map((colour) => (
                    <span
                      key={colour}
                      className="size-4 rounded-sm border border-line-strong"
                      style={{ background: colour }}
                    />
                  ))}
                </span>
              ) : null}
            </span>
          ) : (
            "Hero's default colours"
          )}
        </DescriptionItem>
        <DescriptionItem term="Created">
          {createdBy}, <Timestamp iso={createdAt} />
        </DescriptionItem>
      </DescriptionList>
    </Card>
  );
}
