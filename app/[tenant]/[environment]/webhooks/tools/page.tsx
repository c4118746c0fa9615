import type { Metadata } from "next";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { Card, CardHeader } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { SnippetList } from "@/components/webhooks/snippet-list";
import { SignatureTester } from "@/components/webhooks/tools/signature-tester";
import { verificationSnippets } from "@/components/webhooks/tools/snippets";
import { WebhooksTabs } from "@/components/webhooks/webhooks-tabs";
import { requirePortalPage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Tools – Webhooks" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function WebhookToolsPage({ params, searchParams }: PageProps) {
  const { scope } = await requirePortalPage(params);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  // Links keep the practice selected in the header.
  const practiceId = idFromQuery((await searchParams).practice);
  const header = (
    <PageHeader
      title="Tools"
      density="compact"
      description="Find out why a signature does not match, and verify Hero's webhooks in your own system."
    />
  );
  if (!scope.permissions.includes("webhooks.read")) {
    return (
      <>
        {header}
        <Notice tone="info" title="You do not have permission to see webhooks">
          {whoCan("webhooks.read")}
        </Notice>
      </>
    );
  }
  return (
    <>
      {header}
      <WebhooksTabs scope={portalScope} current="Tools" practiceId={practiceId} />
      <div className="flex flex-col gap-5">
        <Card aria-labelledby="tester">
          <CardHeader
            id="tester"
            title="Signature tester"
            description="Paste a request that your system refused. It is checked in this browser; nothing is sent."
          />
          <SignatureTester />
        </Card>
        <Card aria-labelledby="snippets">
          <CardHeader
            id="snippets"
            title="Verification code"
            description="For a system that receives Hero's webhooks itself. Each function takes the raw body, and accepts times of up to five minutes before or after now."
            className="mb-1"
          />
          <SnippetList snippets={verificationSnippets} />
        </Card>
      </div>
    </>
  );
}
