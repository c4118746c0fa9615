import { PageTabs } from "@/components/shell/page-tabs";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";

type MessagesTab = "Messages" | "Batches" | "Tasks" | "Automated" | "Templates";

/** The pages of messages. */
export function MessagesTabs({
  scope,
  practiceId,
  current,
}: {
  scope: PortalScope;
  practiceId: string | undefined;
  current: MessagesTab;
}) {
  const paths: Record<MessagesTab, string> = {
    Messages: "/messages",
    Batches: "/messages/batches",
    Tasks: "/tasks",
    Automated: "/messages/automated",
    Templates: "/messages/templates",
  };
  return (
    <PageTabs
      label="Messages"
      tabs={Object.entries(paths).map(([label, path]) => ({
        href: portalPath(scope, path, { practice: practiceId }),
        label,
      }))}
      current={current}
    />
  );
}
