/** What a content security policy lets in, as browsers read it (CSP level 3), as far as embedding needs. */

export type Policy = { directives: ReadonlyMap<string, readonly string[]> };

/** Policies of one header: several stand in one, with commas between them, and every one counts. */
export function parsePolicies(header: string): Policy[] {
  return header
    .split(",")
    .map((text) => {
      const directives = new Map<string, readonly string[]>();
      for (const part of text.split(";")) {
        const [name = "", ...sources] = part.trim().split(/\s+/);
        const known = name.toLowerCase();
        // Of a directive given twice the first counts.
        if (known && !directives.has(known)) directives.set(known, sources);
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
export type Fetching = keyof typeof fallbacks;

/** The directive that decides, with its sources; undefined where nothing is limited. */
export function decidingDirective({ directives }: Policy, fetching: Fetching) {
  const name = fallbacks[fetching].find((each) => directives.has(each));
  return name ? { name, sources: directives.get(name) ?? [] } : undefined;
}

export type Directive = NonNullable<ReturnType<typeof decidingDirective>>;

/** The directive with some sources more, ready to stand in the policy: a new one where only a fallback stood. */
export function lineFor(
  { name, sources }: Directive,
  fetching: Fetching,
  added: readonly string[],
): string {
  const kept = sources.filter((source) => source.toLowerCase() !== "'none'");
  return [name === "default-src" ? fetching : name, ...new Set([...kept, ...added])].join(" ");
}

const defaultPort = (scheme: string) => (scheme === "https:" ? "443" : "80");

function isHostAllowed(source: string, target: URL, page: URL | undefined): boolean {
  const [, scheme, host = "", port, path = ""] =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[^:/*]+)(?::(\*|\d+))?(\/.*)?$/i.exec(source) ?? [];
  if (!host) return false;
  const wanted = scheme ? `${scheme.toLowerCase()}:` : (page?.protocol ?? target.protocol);
  const isUpgraded = wanted === "http:" && target.protocol === "https:";
  if (wanted !== target.protocol && !isUpgraded) return false;
  const name = host.toLowerCase();
  const isHost =
    name === "*" ||
    (name.startsWith("*.") ? target.hostname.endsWith(name.slice(1)) : target.hostname === name);
  if (!isHost) return false;
  const actual = target.port || defaultPort(target.protocol);
  if (port ? port !== "*" && port !== actual : actual !== defaultPort(target.protocol))
    return false;
  if (!path || path === "/") return true;
  return path.endsWith("/") ? target.pathname.startsWith(path) : target.pathname === path;
}

/** With `'strict-dynamic'` a script needs a nonce, and hosts count for nothing; of other things it says nothing. */
export const isStrict = (sources: readonly string[]): boolean =>
  sources.some((source) => /^'strict-dynamic'$/i.test(source));

/** Whether a list of sources lets an address in. `nonce` is that of a script, which lets it in as well. */
export function isAllowed(
  sources: readonly string[],
  address: string,
  { page, nonce = "" }: { page: string | undefined; nonce?: string | undefined },
): boolean {
  const target = new URL(address);
  const here = page ? new URL(page) : undefined;
  const lower = sources.map((source) => source.toLowerCase());
  if (nonce && sources.includes(`'nonce-${nonce}'`)) return true;
  return lower.some((source) => {
    if (source === "*") return ["http:", "https:", here?.protocol].includes(target.protocol);
    if (source === "'self'") return here !== undefined && target.origin === here.origin;
    if (source.startsWith("'")) return false;
    if (/^[a-z][a-z0-9+.-]*:$/.test(source)) {
      return source === target.protocol || (source === "http:" && target.protocol === "https:");
    }
    return isHostAllowed(source, target, here);
  });
}
