import { Building2, Plus } from "lucide-react";
import type { Metadata } from "next";
import { PracticeList } from "@/components/practices/practice-list";
import { formatCount } from "@/components/ui/format-count";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { environmentNames } from "@/server/schemas/environment-names";
import { requirePortalPage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Practices" };

type PageProps = { params: Promise<{ tenant: string; environment: string }> };

export default async function PracticesPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const practices = await portal.practices.list();
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const canManage = scope.permissions.includes("practices.manage");
  const connectButton = canManage ? (
    <ButtonLink
      href={portalPath(portalScope, "/practices/connect")}
      variant="primary"
      icon={<Plus />}
    >
      Connect a practice
    </ButtonLink>
  ) : null;

  return (
    <>
      <PageHeader
        title="Practices"
        description={
          <>
            {practices.length > 0
              ? `${formatCount(practices.length, "practice")} connected in ${environmentNames[scope.environment]}.`
              : `Practices connected in ${environmentNames[scope.environment]}.`}{" "}
            {canManage ? null : whoCan("practices.manage")}
          </>
        }
        actions={practices.length > 0 ? connectButton : null}
      />
      {practices.length === 0 ? (
        <EmptyState
          icon={<Building2 />}
          title="No practices connected yet"
          action={connectButton}
          doc="Practices find their API key and ID in their Hero settings."
        >
          Connect a practice with its API key and practice group ID.
        </EmptyState>
      ) : (
        <PracticeList scope={portalScope} practices={practices} />
      )}
    </>
  );
}
