import type { Metadata } from "next";
import { ConnectPractice } from "@/components/practices/connect/lazy-form";
import { listStoredKeys } from "@/components/practices/connect/stored-keys";
import { portalPath } from "@/components/shell/portal-path";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { environmentNames } from "@/server/schemas/environment-names";
import { requirePortalPage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Connect a practice – Practices" };

type PageProps = { params: Promise<{ tenant: string; environment: string }> };

export default async function ConnectPracticePage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const environmentName = environmentNames[scope.environment];
  const canManage = scope.permissions.includes("practices.manage");
  const storedKeys = canManage ? listStoredKeys(await portal.practices.list()) : [];

  return (
    <>
      <PageHeader
        title="Connect a practice"
        back={{ href: portalPath(portalScope, "/practices"), label: "Practices" }}
        description={
          <>
            You are in <strong className="text-ink">{environmentName}</strong>. Each key belongs to
            one environment. If this is not a {environmentName} key, switch at the top of the page.
          </>
        }
      />
      {canManage ? (
        <ConnectPractice scope={portalScope} storedKeys={storedKeys} />
      ) : (
        <Notice tone="info" title="You do not have permission to connect practices">
          {whoCan("practices.manage")}
        </Notice>
      )}
    </>
  );
}
