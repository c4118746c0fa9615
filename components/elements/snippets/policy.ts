import { elementSources } from "@/server/schemas/element-policy";
import type { SnippetFacts } from "./snippet";

export type BrowserKind = "html" | "react" | "next" | "iframe";

/**
 * The lines that a page's content security policy needs for a snippet, one directive each and in full:
 * joined with semicolons they are the policy under which the snippet is tested. `NONCE` stands for a value
 * of its own in every answer.
 */
export function policyFor(kind: BrowserKind, facts: SnippetFacts): string[] {
  const { portal, elementsOrigin, scriptHost, heroApi } = facts;
  const directive = (name: string, ...sources: string[]) => [name, ...new Set(sources)].join(" ");
  if (kind === "iframe") {
    return [
      directive("script-src", "'nonce-NONCE'"),
      directive("connect-src", "'self'"),
      directive("frame-src", elementsOrigin),
    ];
  }
  const needed = elementSources({ scripts: scriptHost, api: heroApi });
  return [
    directive("script-src", "'self'", portal, ...needed.script),
    directive("connect-src", "'self'", portal, ...needed.connect),
    directive("style-src", "'self'", ...needed.style),
    directive("img-src", "'self'", ...needed.img),
    directive("font-src", "'self'", ...needed.font),
  ];
}
