import type { CheckedPage } from "./page";

/** The page's own response headers; empty where its server does not answer HEAD. */
export async function fetchPageHeaders(): Promise<Headers> {
  try {
    const response = await fetch(location.href, { method: "HEAD", cache: "no-store" });
    // An error page has headers of its own.
    return response.ok ? response.headers : new Headers();
  } catch {
    return new Headers();
  }
}

/** How far this browser's clock is ahead of the portal's; undefined where it cannot be measured. */
export async function measureClock(portal: string): Promise<CheckedPage["clock"]> {
  try {
    const requestedAt = Date.now();
    const response = await fetch(`${portal}/api/v1/element-clock`, { credentials: "omit" });
    const { now } = (await response.json()) as { now: string };
    const durationMs = Date.now() - requestedAt;
    const aheadMs = requestedAt + durationMs / 2 - Date.parse(now);
    // A slow response is too inexact.
    if (durationMs > 30_000 || Number.isNaN(aheadMs)) return undefined;
    return { of: "this browser", than: "the portal", aheadMs };
  } catch {
    return undefined;
  }
}

const selectAll = <Kind extends Element>(selector: string) => [
  ...document.querySelectorAll<Kind>(selector),
];

const attributesOf = (element: Element) =>
  Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));

/** The document as it is now, without the checker's own script tag. */
export function readLivePage(
  headers: Headers,
  clock: CheckedPage["clock"],
  checkerScript: Element,
): CheckedPage {
  const headerPolicies = (name: string) => [headers.get(name) ?? ""].filter(Boolean);
  const scripts = selectAll<HTMLScriptElement>("script").filter(
    (script) => script !== checkerScript,
  );
  // Elements that the loader mounted are not the page's own.
  const elements = selectAll("*").filter(
    ({ localName, parentElement }) =>
      localName === "hero-placement" ||
      (localName.startsWith("hh-") && parentElement?.localName !== "hero-placement"),
  );
  const elementTags = elements.map((element) => (element.cloneNode() as Element).outerHTML);
  return {
    policies: [
      ...headerPolicies("content-security-policy"),
      ...selectAll<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy" i]').map(
        ({ content }) => content,
      ),
    ],
    reportOnlyPolicies: headerPolicies("content-security-policy-report-only"),
    origin: location.origin,
    scripts: scripts
      .filter(({ src }) => src)
      .map(({ src, nonce, integrity, crossOrigin }) => ({
        src,
        nonce: nonce || undefined,
        hasIntegrity: integrity !== "",
        crossOrigin: crossOrigin ?? undefined,
      })),
    frames: selectAll<HTMLIFrameElement>("iframe[src]").map(({ src }) => ({ src })),
    elements: elements.map((element) => ({
      tag: element.localName,
      attributes: attributesOf(element),
    })),
    html: [...elementTags, ...scripts.map((script) => script.text)].join("\n"),
    cacheControl: undefined,
    clock,
    sentMs: undefined,
    nowMs: Date.now(),
  };
}
