import { BookOpen, KeyRound } from "lucide-react";
import type { Metadata } from "next";
import { KeyList } from "@/components/api-keys/key-list";
import { CreateKeyButton } from "@/components/api-keys/create-key-button";
import { MessageSettingsForm } from "@/components/messages/lazy-forms";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { environmentNames } from "@/server/schemas/environment-names";
import { requirePortalPage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = { title: "Settings" };

type PageProps = { params: Promise<{ tenant: string; environment: string }> };

export default async function SettingsPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  if (!scope.permissions.includes("api_keys.manage")) {
    return (
      <>
        <PageHeader title="Settings" />
        <Notice tone="info" title="You do not have permission to change settings">
          {whoCan("api_keys.manage")}
        </Notice>
      </>
    );
  }

  const canManageMessages = scope.permissions.includes("messages.manage");
  const [keys, messageSettings] = await Promise.all([
    portal.apiKeys.list(),
    canManageMessages ? portal.messageSettings.get() : null,
  ]);
  const createButton = <CreateKeyButton scope={portalScope} permissions={scope.permissions} />;
  const apiDocsPath = portalPath(portalScope, "/settings/api");
  return (
    <>
      <PageHeader title="Settings" />
      <section aria-labelledby="api-keys">
        <div className="mb-4 flex flex-wrap items-end justify-between gap-3">
          <div className="min-w-0 flex-1 basis-72">
            <h2 id="api-keys" className="text-xl font-semibold">
              API keys
            </h2>
            <p className="mt-0.5 max-w-prose text-muted">
              {`Your server uses an API key to create links, send messages and create element sessions in ${environmentNames[scope.environment]}.`}
            </p>
          </div>
          <div className="flex flex-wrap gap-2">
            <ButtonLink href={apiDocsPath} icon={<BookOpen />}>
              API documentation
            </ButtonLink>
            {keys.length > 0 ? createButton : null}
          </div>
        </div>
        {keys.length > 0 ? (
          <KeyList scope={portalScope} keys={keys} />
        ) : (
          <EmptyState icon={<KeyRound />} title="No API keys yet" action={createButton}>
            Create one key for each application, so you can revoke them separately.
          </EmptyState>
        )}
      </section>
      {messageSettings ? (
        <section aria-labelledby="message-settings" className="mt-10">
          <h2 id="message-settings" className="text-xl font-semibold">
            Messages
          </h2>
          <p className="mt-0.5 mb-4 max-w-prose text-muted">
            {`For messages to patients in ${environmentNames[scope.environment]}.`}
          </p>
          <MessageSettingsForm scope={portalScope} settings={messageSettings} />
        </section>
      ) : null}
    </>
  );
}
