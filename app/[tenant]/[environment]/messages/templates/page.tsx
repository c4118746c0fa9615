import { MessageSquareText } from "lucide-react";
import type { Metadata } from "next";
import { EditTemplateButton } from "@/components/messages/edit-template-button";
import { MessagesTabs } from "@/components/messages/messages-tabs";
import { TemplateList } from "@/components/messages/template-list";
import { idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { requirePortalPage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Templates – Messages" };

type PageProps = {
  params: Promise<{ tenant: string; environment: string }>;
  searchParams: SearchParams;
};

export default async function MessageTemplatesPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const practiceId = idFromQuery((await searchParams).practice);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  if (!scope.permissions.includes("messages.read")) {
    return (
      <>
        <PageHeader title="Messages" />
        <Notice tone="info" title="You do not have permission to see templates">
          {whoCan("messages.read")}
        </Notice>
      </>
    );
  }
  const { items } = await portal.messageTemplates.list({});
  const canManage = scope.permissions.includes("messages.manage");
  const newTemplateButton = <EditTemplateButton scope={portalScope} template={null} />;
  return (
    <>
      <PageHeader
        title="Messages"
        description="Your organisation's templates, for every practice. A practice's templates in Hero are listed where you write a message."
        actions={canManage && items.length > 0 ? newTemplateButton : null}
      />
      <MessagesTabs scope={portalScope} practiceId={practiceId} current="Templates" />
      {items.length > 0 ? (
        <TemplateList scope={portalScope} templates={items} canManage={canManage} />
      ) : (
        <EmptyState
          icon={<MessageSquareText />}
          title="No templates yet"
          action={canManage ? newTemplateButton : null}
          doc={canManage ? null : whoCan("messages.manage")}
        >
          A template is a text with variables, such as the patient&apos;s first name.
        </EmptyState>
      )}
    </>
  );
}
