import { Building2, Plus } from "lucide-react";
import type { Metadata } from "next";
import { PracticeList } from "@/components/practices/practice-list";
import { count, whoManagesPractices } from "@/components/practices/words";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { environmentNames } from "@/server/schemas/environments";
import { openPortal } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "Practices" };

type PageProps = { params: Promise<{ tenant: string; environment: string }> };

export default async function PracticesPage({ params }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const practices = await portal.practices.list();
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  const canManage = scope.can.includes("practices.manage");
  const connect = canManage ? (
    <ButtonLink href={portalPath(place, "/practices/connect")} variant="primary" icon={<Plus />}>
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
              ? `${count(practices.length, "practice")} connected in ${environmentNames[scope.environment]}.`
              : `The practices you may act for in ${environmentNames[scope.environment]}.`}{" "}
            {canManage ? null : whoManagesPractices}
          </>
        }
        actions={practices.length > 0 ? connect : null}
      />
      {practices.length === 0 ? (
        <EmptyState
          icon={<Building2 />}
          title="No practice is connected yet"
          action={connect}
          doc="A practice finds its key and its id in its own Hero settings."
        >
          Connect one with the API key and the practice group id it gives you.
        </EmptyState>
      ) : (
        <PracticeList place={place} practices={practices} />
      )}
    </>
  );
}
