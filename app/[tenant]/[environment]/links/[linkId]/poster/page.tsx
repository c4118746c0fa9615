import type { Metadata } from "next";
import { isBookable, linkSubject, linkTitle } from "@/components/links/words";
import { PosterDesk } from "@/components/sharing/poster-desk";
import { makeQr, qrPath } from "@/components/sharing/qr";
import { idInPath } from "@/components/shell/id-in-address";
import { portalPath } from "@/components/shell/portal-path";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { openPortal, orNotFound } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "Poster" };

type PageProps = { params: Promise<{ tenant: string; environment: string; linkId: string }> };

export default async function PosterPage({ params }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const link = await orNotFound(portal.links.get({ linkId: idInPath((await params).linkId) }));
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  // High correction: posters are scanned from afar, and get torn.
  const modules =
    link.audience === "generic" && isBookable(link) ? await makeQr(link.url, "Q") : null;

  return (
    <>
      <PageHeader
        title="Poster"
        back={{ href: portalPath(place, `/links/${link.id}`), label: linkTitle(link) }}
        description="For a wall or a counter. Patients scan the code, type the address, or call."
      />
      {modules && link.url ? (
        <PosterDesk
          kind={link.kind}
          url={link.url}
          expiresOn={link.expiresOn}
          practiceName={link.practice.name}
          subject={linkSubject(link)}
          qr={{ path: qrPath(modules), width: modules.length }}
        />
      ) : (
        <Notice tone="info" title="This link has no poster">
          {link.audience === "generic"
            ? "Patients cannot use it now, so it must not hang on a wall."
            : "It is for one patient, and must not hang on a wall."}
        </Notice>
      )}
    </>
  );
}
