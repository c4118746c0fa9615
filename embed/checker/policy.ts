/** Content security policies as browsers apply them (CSP level 3), as far as embedding needs. */

export type Policy = { directives: ReadonlyMap<string, readonly string[]> };

/** One header can hold several policies, separated by commas; all of them apply. */
export function parsePolicies(header: string): Policy[] {
  return header
    .split(",")
    .map((text) => {
      const directives = new Map<string, readonly string[]>();
      for (const part of text.split(";")) {
        const [name = "", ...sources] = part.trim().split(/\s+/);
        const lowerName = name.toLowerCase();
        // Browsers ignore a directive's second occurrence.
        if (lowerName && !directives.has(lowerName)) directives.set(lowerName, sources);
      }
      return { directives };
    })
    .filter(({ directives }) => directives.size > 0);
}

const fallbacks = {
  "script-src": ["script-src-elem", "script-src", "default-src"],
  "style-src": ["style-src-elem", "style-src", "default-src"],
  "connect-src": ["connect-src", "default-src"],
  "frame-src": ["frame-src", "child-src", "default-src"],
} as const;
export type FetchDirective = keyof typeof fallbacks;

/** The directive that applies, with its sources; undefined where nothing is restricted. */
export function decidingDirective({ directives }: Policy, fetchDirective: FetchDirective) {
  const name = fallbacks[fetchDirective].find((candidate) => directives.has(candidate));
  return name ? { name, sources: directives.get(name) ?? [] } : undefined;
}

export type Directive = NonNullable<ReturnType<typeof decidingDirective>>;

/** The directive with further sources; a directive of its own where only `default-src` applied. */
export function policyLine(
  { name, sources }: Directive,
  fetchDirective: FetchDirective,
  addedSources: readonly string[],
): string {
  const allowedSources = sources.filter((source) => source.toLowerCase() !== "'none'");
  return [
    name === "default-src" ? fetchDirective : name,
    ...new Set([...allowedSources, ...addedSources]),
  ].join(" ");
}

const defaultPort = (scheme: string) => (scheme === "https:" ? "443" : "80");

function isHostAllowed(source: string, target: URL, page: URL | undefined): boolean {
  const [, scheme, host = "", port, path = ""] =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[^:/*]+)(?::(\*|\d+))?(\/.*)?$/i.exec(source) ?? [];
  if (!host) return false;
  const sourceScheme = scheme ? `${scheme.toLowerCase()}:` : (page?.protocol ?? target.protocol);
  const isUpgraded = sourceScheme === "http:" && target.protocol === "https:";
  if (sourceScheme !== target.protocol && !isUpgraded) return false;
  const name = host.toLowerCase();
  const isHost =
    name === "*" ||
    (name.startsWith("*.") ? target.hostname.endsWith(name.slice(1)) : target.hostname === name);
  if (!isHost) return false;
  const targetPort = target.port || defaultPort(target.protocol);
  if (port ? port !== "*" && port !== targetPort : targetPort !== defaultPort(target.protocol))
    return false;
  if (!path || path === "/") return true;
  return path.endsWith("/") ? target.pathname.startsWith(path) : target.pathname === path;
}

/** With `'strict-dynamic'` browsers ignore hosts for scripts and require a nonce. */
export const isStrict = (sources: readonly string[]): boolean =>
  sources.some((source) => /^'strict-dynamic'$/i.test(source));

/** Whether the sources allow an address, by host or by the script's nonce. */
export function isAllowed(
  sources: readonly string[],
  address: string,
  { page, nonce = "" }: { page: string | undefined; nonce?: string | undefined },
): boolean {
  const target = new URL(address);
  const pageUrl = page ? new URL(page) : undefined;
  if (nonce && sources.includes(`'nonce-${nonce}'`)) return true;
  return sources
    .map((source) => source.toLowerCase())
    .some((source) => {
      if (source === "*") return ["http:", "https:", pageUrl?.protocol].includes(target.protocol);
      if (source === "'self'") return pageUrl !== undefined && target.origin === pageUrl.origin;
      if (source.startsWith("'")) return false;
      if (/^[a-z][a-z0-9+.-]*:$/.test(source)) {
        return source === target.protocol || (source === "http:" && target.protocol === "https:");
      }
      return isHostAllowed(source, target, pageUrl);
    });
}
