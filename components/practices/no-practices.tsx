import type { ReactNode } from "react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { whoCan } from "@/server/schemas/permissions";

type NoPracticesProps = {
  scope: PortalScope;
  canConnect: boolean;
  icon?: ReactNode;
  /** What needs a practice, as a sentence. */
  children: ReactNode;
};

/** What a page shows while no practice is connected, where nothing works without one. */
export function NoPractices({ scope, canConnect, icon, children }: NoPracticesProps) {
  return (
    <EmptyState
      icon={icon}
      title="Connect a practice first"
      action={
        canConnect ? (
          <ButtonLink href={portalPath(scope, "/practices/connect")} variant="primary">
            Connect a practice
          </ButtonLink>
        ) : null
      }
      doc={canConnect ? null : whoCan("practices.manage")}
    >
      {children}
    </EmptyState>
  );
}
