import { PageTabs } from "@/components/shell/page-tabs";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";

const pages = [
  { path: "/elements", label: "Placements" },
  { path: "/elements/assigned", label: "Assigned elements" },
  { path: "/elements/scripts", label: "Hero's scripts" },
] as const;

type ElementsTabsProps = { scope: PortalScope; current: (typeof pages)[number]["label"] };

/** The pages about all elements. */
export function ElementsTabs({ scope, current }: ElementsTabsProps) {
  return (
    <PageTabs
      label="Elements"
      current={current}
      tabs={pages.map(({ path, label }) => ({ href: portalPath(scope, path), label }))}
    />
  );
}
