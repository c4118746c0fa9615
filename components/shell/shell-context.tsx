"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { createContext, type ReactNode, useContext } from "react";
import type { Environment } from "@/server/schemas/environments";
import type { OrganisationView } from "@/server/schemas/organisations";
import type { PracticeOption } from "@/server/schemas/practices";
import { portalPath } from "./portal-path";

/** The scope and user of the page, for every part of the shell. */
export type ShellScope = {
  tenant: { slug: string; name: string };
  environment: Environment;
  environments: readonly Environment[];
  user: { name: string; email: string };
  permissions: readonly string[];
  organisations: readonly OrganisationView[];
  practices: readonly PracticeOption[];
  /** ISO 8601 in UTC, as of the last server render. */
  sessionExpiresAt: string;
  /** The server's clock at the same moment. */
  serverTime: string;
  /** Tells the sessions of a browser apart. */
  sessionKey: string;
};

const ShellContext = createContext<ShellScope | null>(null);

export function ShellProvider({ scope, children }: { scope: ShellScope; children: ReactNode }) {
  return <ShellContext value={scope}>{children}</ShellContext>;
}

/** The shell's scope; only inside `/{tenant}/{environment}`. */
export function useShell(): ShellScope {
  const scope = useContext(ShellContext);
  if (!scope) throw new Error("useShell is used outside the shell");
  return scope;
}

/** The path below the environment, and the practice in the query. */
export function usePortalLocation() {
  const { tenant, environment, practices } = useShell();
  const pathname = usePathname();
  const practiceId = useSearchParams().get("practice");
  const scope = { tenant: tenant.slug, environment };
  return {
    scope,
    path: pathname.slice(portalPath(scope).length),
    practiceId,
    practice: practices.find((option) => option.id === practiceId) ?? null,
  };
}
