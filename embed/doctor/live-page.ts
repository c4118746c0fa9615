import type { ExaminedPage } from "./page";

/** The policies the page came with, asked of its own server; none where that is not allowed. */
export async function readHeaders(): Promise<Headers> {
  try {
    const reply = await fetch(location.href, { method: "HEAD", cache: "no-store" });
    // What a server answers to a question that it does not take is another page.
    return reply.ok ? reply.headers : new Headers();
  } catch {
    return new Headers();
  }
}

/** How far this browser's clock is ahead of the portal's; undefined where the portal does not say. */
export async function readClock(portal: string): Promise<ExaminedPage["clock"]> {
  try {
    const requestedAt = Date.now();
    const answer = await fetch(`${portal}/api/v1/element-clock`, { credentials: "omit" });
    const { now } = (await answer.json()) as { now: string };
    const tookMs = Date.now() - requestedAt;
    const aheadMs = requestedAt + tookMs / 2 - Date.parse(now);
    // A slow answer says nothing about clocks.
    if (tookMs > 30_000 || Number.isNaN(aheadMs)) return undefined;
    return { of: "this browser", than: "the portal", aheadMs };
  } catch {
    return undefined;
  }
}

const readAll = <Kind extends Element>(selector: string) => [
  ...document.querySelectorAll<Kind>(selector),
];

const attributesOf = (element: Element) =>
  Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));

/** The page as it stands now. `own`, the doctor's tag, is none of it. */
export function readLivePage(
  headers: Headers,
  clock: ExaminedPage["clock"],
  own: Element,
): ExaminedPage {
  const given = (name: string) => [headers.get(name) ?? ""].filter(Boolean);
  const scripts = readAll<HTMLScriptElement>("script").filter((script) => script !== own);
  // What the loader mounted is no element that somebody wrote into the page.
  const elements = readAll("*").filter(
    ({ localName, parentElement }) =>
      localName === "hero-placement" ||
      (localName.startsWith("hh-") && parentElement?.localName !== "hero-placement"),
  );
  const written = elements.map((element) => (element.cloneNode() as Element).outerHTML);
  return {
    policies: [
      ...given("content-security-policy"),
      ...readAll<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy" i]').map(
        ({ content }) => content,
      ),
    ],
    reportedPolicies: given("content-security-policy-report-only"),
    origin: location.origin,
    scripts: scripts
      .filter(({ src }) => src)
      .map(({ src, nonce, integrity, crossOrigin }) => ({
        src,
        nonce: nonce || undefined,
        hasIntegrity: integrity !== "",
        crossOrigin: crossOrigin ?? undefined,
      })),
    frames: readAll<HTMLIFrameElement>("iframe[src]").map(({ src }) => ({ src })),
    elements: elements.map((element) => ({
      tag: element.localName,
      attributes: attributesOf(element),
    })),
    html: [...written, ...scripts.map((script) => script.text)].join("\n"),
    cacheControl: undefined,
    clock,
    sentMs: undefined,
    nowMs: Date.now(),
  };
}
