import type { Metadata } from "next";
import type { ReactNode } from "react";
import { portalTitle } from "@/components/shell/portal-title";
import { signOut } from "@/app/account/actions";
import { getThemeFromCookie } from "@/app/theme-cookie";
import { Shell } from "@/components/shell/shell";
import { listPracticeOptions, requirePortalPage } from "@/server/portal/page-caller";

type PortalLayoutProps = {
  params: Promise<{ tenant: string; environment: string }>;
  children: ReactNode;
};

export async function generateMetadata({ params }: PortalLayoutProps): Promise<Metadata> {
  const { scope } = await requirePortalPage(params);
  const title = portalTitle(scope);
  return { title: { template: `%s – ${title}`, default: title } };
}

export default async function PortalLayout({ params, children }: PortalLayoutProps) {
  const { portal, scope } = await requirePortalPage(params);
  const [organisations, practices, theme] = await Promise.all([
    portal.organisations.list(),
    listPracticeOptions(portal),
    getThemeFromCookie(),
  ]);
  const { tenant, environment, environments, user, permissions } = scope;
  const { sessionExpiresAt, serverTime, sessionKey } = scope;
  return (
    <Shell
      scope={{
        tenant,
        environment,
        environments,
        user,
        permissions,
        organisations,
        practices,
        sessionExpiresAt,
        serverTime,
        sessionKey,
      }}
      theme={theme}
      signOut={signOut}
    >
      {children}
    </Shell>
  );
}
