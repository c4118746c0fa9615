import { elementCspSources } from "@/server/schemas/element-csp";
import type { SnippetConfig } from "./snippet";

export type BrowserKind = "html" | "react" | "next" | "iframe";

/**
 * The directives that a page's content security policy needs for a snippet. Joined with semicolons, they
 * are the policy under which the snippet is tested. `NONCE` is a placeholder for a new value per response.
 */
export function policyLines(kind: BrowserKind, config: SnippetConfig): string[] {
  const { portal, elementsOrigin, scriptHost, heroApi } = config;
  const directive = (name: string, ...sources: string[]) => [name, ...new Set(sources)].join(" ");
  if (kind === "iframe") {
    return [
      directive("script-src", "'nonce-NONCE'"),
      directive("connect-src", "'self'"),
      directive("frame-src", elementsOrigin),
    ];
  }
  const heroSources = elementCspSources({ scripts: scriptHost, api: heroApi });
  return [
    directive("script-src", "'self'", portal, ...heroSources.script),
    directive("connect-src", "'self'", portal, ...heroSources.connect),
    directive("style-src", "'self'", ...heroSources.style),
    directive("img-src", "'self'", ...heroSources.img),
    directive("font-src", "'self'", ...heroSources.font),
  ];
}
