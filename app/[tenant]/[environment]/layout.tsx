import type { ReactNode } from "react";
import { signOut } from "@/app/account/actions";
import { readChosenTheme } from "@/app/chosen-theme";
import { Shell } from "@/components/shell/shell";
import { environmentNames } from "@/server/schemas/environments";
import { openPortal } from "@/server/trpc/caller";

type PortalLayoutProps = {
  params: Promise<{ tenant: string; environment: string }>;
  children: ReactNode;
};

export default async function PortalLayout({ params, children }: PortalLayoutProps) {
  const { portal, scope } = await openPortal(params);
  const [practices, theme] = await Promise.all([portal.practices.options(), readChosenTheme()]);
  const { tenant, environment, environments, user, can, organisations, sessionExpiresAt } = scope;
  return (
    <Shell
      scope={{
        tenant,
        environment,
        environments: environments.map((id) => ({ id, name: environmentNames[id] })),
        user,
        can,
        organisations,
        practices,
        sessionExpiresAt,
      }}
      theme={theme}
      signOut={signOut}
    >
      {children}
    </Shell>
  );
}
