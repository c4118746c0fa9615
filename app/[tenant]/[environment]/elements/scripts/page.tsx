import type { Metadata } from "next";
import { ElementsTabs } from "@/components/elements/elements-tabs";
import { ScriptMonitor } from "@/components/elements/script-monitor";
import { PageHeader } from "@/components/ui/page-header";
import { requirePortalPage } from "@/server/portal/page-caller";

export const metadata: Metadata = { title: "Hero's scripts – Elements" };

type PageProps = { params: Promise<{ tenant: string; environment: string }> };

export default async function ElementScriptsPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const scripts = await portal.elements.listScripts();
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  return (
    <>
      <PageHeader
        title="Elements"
        description="Hero can change an element's script at any time, on every page that uses it. We check daily and show changes until someone reviews them."
      />
      <ElementsTabs scope={portalScope} current="Hero's scripts" />
      <ScriptMonitor
        scope={portalScope}
        scripts={scripts}
        canManage={scope.permissions.includes("elements.manage")}
      />
    </>
  );
}
