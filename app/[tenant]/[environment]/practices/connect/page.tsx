import type { Metadata } from "next";
import { ConnectPractice } from "@/components/practices/connect/connect-practice";
import { listHeldKeys } from "@/components/practices/connect/held-keys";
import { whoManagesPractices } from "@/components/practices/words";
import { portalPath } from "@/components/shell/portal-path";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { environmentNames } from "@/server/schemas/environments";
import { openPortal } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "Connect a practice" };

type PageProps = { params: Promise<{ tenant: string; environment: string }> };

export default async function ConnectPracticePage({ params }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  const name = environmentNames[scope.environment];
  const canManage = scope.can.includes("practices.manage");
  const heldKeys = canManage ? listHeldKeys(await portal.practices.list()) : [];

  return (
    <>
      <PageHeader
        title="Connect a practice"
        back={{ href: portalPath(place, "/practices"), label: "Practices" }}
        description={
          <>
            In <strong className="text-ink">{name}</strong>. A key belongs to one environment:
            switch at the top of the page if it is not a {name} key.
          </>
        }
      />
      {canManage ? (
        <ConnectPractice place={place} heldKeys={heldKeys} />
      ) : (
        <Notice tone="info" title="Your role does not connect practices">
          {whoManagesPractices}
        </Notice>
      )}
    </>
  );
}
