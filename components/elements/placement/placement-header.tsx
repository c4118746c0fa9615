import { Pencil, SearchCheck } from "lucide-react";
import { elementName } from "@/components/elements/element-name";
import { PageTabs } from "@/components/shell/page-tabs";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import type { PlacementView } from "@/server/schemas/placements";
import { PlacementStateBadge } from "./placement-state-badge";

const pages = [
  { path: "", label: "Overview" },
  { path: "/designer", label: "Designer" },
  { path: "/code", label: "Code" },
] as const;

type PlacementHeaderProps = {
  scope: PortalScope;
  placement: PlacementView;
  current: (typeof pages)[number]["label"];
  canManage: boolean;
};

/** The top of each page of a placement, with links to the others. */
export function PlacementHeader({ scope, placement, current, canManage }: PlacementHeaderProps) {
  const { id, name, isOn, element } = placement;
  return (
    <>
      <PageHeader
        title={name}
        badge={<PlacementStateBadge isOn={isOn} />}
        description={`Placement of the ${elementName(element)}.`}
        back={{ href: portalPath(scope, "/elements"), label: "Elements" }}
        actions={
          <>
            <ButtonLink
              href={portalPath(scope, "/elements/checker", { placement: id })}
              variant="quiet"
              icon={<SearchCheck />}
            >
              Embed checker
            </ButtonLink>
            {canManage ? (
              <ButtonLink href={portalPath(scope, `/elements/${id}/edit`)} icon={<Pencil />}>
                Edit
              </ButtonLink>
            ) : null}
          </>
        }
      />
      <PageTabs
        label="Placement"
        current={current}
        tabs={pages.map(({ path, label }) => ({
          href: portalPath(scope, `/elements/${id}${path}`),
          label,
        }))}
      />
    </>
  );
}
