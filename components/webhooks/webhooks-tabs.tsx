import { PageTabs } from "@/components/shell/page-tabs";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";

/** The pages of the section, in their order. */
const tabs = [
  { path: "/webhooks", label: "Endpoints" },
  { path: "/webhooks/deliveries", label: "Deliveries" },
  { path: "/webhooks/events", label: "Events" },
  { path: "/webhooks/destinations", label: "Destinations" },
  { path: "/webhooks/tools", label: "Tools" },
] as const;

type WebhooksTabsProps = {
  scope: PortalScope;
  current: (typeof tabs)[number]["label"];
  /** Kept from page to page. */
  practiceId?: string | undefined;
};

/** Links between the pages about webhooks. */
export function WebhooksTabs({ scope, current, practiceId }: WebhooksTabsProps) {
  return (
    <PageTabs
      label="Webhooks"
      current={current}
      tabs={tabs.map(({ path, label }) => ({
        label,
        href: portalPath(scope, path, { practice: practiceId }),
      }))}
    />
  );
}
