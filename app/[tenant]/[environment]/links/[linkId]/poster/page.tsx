import type { Metadata } from "next";
import { isBookable, linkSubject, linkTitle, linkPageTitle } from "@/components/links/labels";
import { PosterEditor } from "@/components/sharing/poster-editor";
import { createQr, qrPath } from "@/components/sharing/qr";
import { idFromPath } from "@/components/shell/route-ids";
import { portalPath } from "@/components/shell/portal-path";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { requirePortalPage, orNotFoundPage, loadLink, titleOf } from "@/server/portal/page-caller";

type PageProps = { params: Promise<{ tenant: string; environment: string; linkId: string }> };

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal } = await requirePortalPage(params);
  const linkId = idFromPath((await params).linkId);
  return titleOf(loadLink(portal, linkId), (link) => `Poster – ${linkPageTitle(link)} – Links`);
}

export default async function PosterPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const link = await orNotFoundPage(loadLink(portal, idFromPath((await params).linkId)));
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  // High error correction: posters are scanned from a distance and get damaged.
  const qrModules =
    link.audience === "generic" && isBookable(link) ? await createQr(link.url, "Q") : null;

  return (
    <>
      <PageHeader
        title="Poster"
        back={{ href: portalPath(portalScope, `/links/${link.id}`), label: linkTitle(link) }}
        description="For display at the practice. Patients scan the code, type the address or call."
      />
      {qrModules && link.url && link.kind !== "video" ? (
        <PosterEditor
          kind={link.kind}
          url={link.url}
          expiresOn={link.expiresOn}
          practiceName={link.practice.publicName}
          subject={linkSubject(link)}
          qr={{ path: qrPath(qrModules), width: qrModules.length }}
        />
      ) : (
        <Notice tone="info" title="No poster for this link">
          {link.audience === "generic"
            ? "This link is not live. Do not display it."
            : "This link is for one patient. Do not display it."}
        </Notice>
      )}
    </>
  );
}
