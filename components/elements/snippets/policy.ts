import type { Environment } from "@/server/schemas/environments";
import type { SnippetFacts } from "./snippet";

export type BrowserKind = "html" | "react" | "next" | "iframe";

/**
 * What Hero's element may speak to beside its API. Hero documents only the host of its script; these are
 * a guess from the hosts of its other services.
 */
const heroHosts: Record<Environment, { connect: string[]; img: string[] }> = {
  sandbox: { connect: [], img: [] },
  staging: { connect: ["https://*.htech.app"], img: ["https://*.htech.app"] },
  production: {
    connect: ["https://*.htech.app"],
    img: ["https://*.htech.app", "https://*.herohealth.net"],
  },
};

/**
 * The lines that a page's content security policy needs for a snippet, one directive each and in full:
 * joined with semicolons they are the policy under which the snippet is tested. `NONCE` stands for a value
 * of its own in every answer.
 */
export function policyFor(kind: BrowserKind, facts: SnippetFacts): string[] {
  const { portal, elementsOrigin, environment, scriptHost, heroApi } = facts;
  const directive = (name: string, ...sources: string[]) => [name, ...new Set(sources)].join(" ");
  if (kind === "iframe") {
    return [
      directive("script-src", "'nonce-NONCE'"),
      directive("connect-src", "'self'"),
      directive("frame-src", elementsOrigin),
    ];
  }
  const { connect, img } = heroHosts[environment];
  return [
    directive("script-src", "'self'", portal, scriptHost),
    directive("connect-src", "'self'", portal, heroApi, ...connect),
    // The element brings its styles with it.
    directive("style-src", "'self'", "'unsafe-inline'"),
    directive("img-src", "'self'", "data:", ...img),
  ];
}
