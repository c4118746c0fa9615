"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { createContext, type ReactNode, useContext } from "react";
import type { Environment } from "@/server/schemas/environments";
import type { OrganisationView } from "@/server/schemas/organisations";
import type { PracticeOption } from "@/server/schemas/practices";
import { portalPath } from "./portal-path";

/** What every part of the frame may know about where it is and who is there. */
export type ShellScope = {
  tenant: { slug: string; name: string };
  environment: Environment;
  /** What this portal offers, with the names people read. They come from the server, since the
   * module that holds them would bring the schema library into every page. */
  environments: readonly { id: Environment; name: string }[];
  user: { name: string; email: string };
  permissions: readonly string[];
  organisations: readonly OrganisationView[];
  practices: readonly PracticeOption[];
  /** ISO 8601 in UTC, as of the last load from the server. */
  sessionExpiresAt: string;
};

const ShellContext = createContext<ShellScope | null>(null);

export function ShellProvider({ scope, children }: { scope: ShellScope; children: ReactNode }) {
  return <ShellContext value={scope}>{children}</ShellContext>;
}

/** The frame's scope; only inside `/{tenant}/{environment}`. */
export function useShell(): ShellScope {
  const scope = useContext(ShellContext);
  if (!scope) throw new Error("useShell is used outside the shell");
  return scope;
}

/** Where the reader is: the room's path below the environment, and the practice in the address. */
export function usePortalLocation() {
  const { tenant, environment, practices } = useShell();
  const pathname = usePathname();
  const practiceId = useSearchParams().get("practice");
  const scope = { tenant: tenant.slug, environment };
  return {
    place: scope,
    path: pathname.slice(portalPath(scope).length),
    practiceId,
    practice: practices.find((option) => option.id === practiceId) ?? null,
  };
}
