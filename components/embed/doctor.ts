import type { DoctorFacts, ExaminedPage, Finding } from "./doctor/page";
import { makePanel } from "./doctor/panel";
import { examine } from "./doctor/rules";

/**
 * `/embed/doctor-v1.js`: put into a partner's page for a while, it looks at what is there, says what keeps
 * the element from working, and tells nobody: nothing leaves the page but questions that hold nothing of it.
 */

const own = document.currentScript as HTMLScriptElement | null;
const portal = own ? new URL(own.src).origin : "";

function readFacts(): DoctorFacts | undefined {
  const { placement, env, scripts, hero, elements } = own?.dataset ?? {};
  if (!env || !scripts || !hero || !elements) return undefined;
  return {
    portal,
    elementsOrigin: elements,
    scriptHost: scripts,
    heroApi: hero,
    env: env === "production" ? "production" : "staging",
    // Which origins are allowed is not this page's to know: the portal is asked whether this one is.
    placement: placement ? { id: placement, origins: [location.origin], isOn: true } : null,
  };
}

const seen: Finding[] = [];

/** The policies the page came with, asked of its own server; none where that is not allowed. */
async function readHeaders(): Promise<Headers> {
  try {
    const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" });
    return answer.headers;
  } catch {
    return new Headers();
  }
}

async function readClock(): Promise<number | undefined> {
  try {
    const askedAt = Date.now();
    const answer = await fetch(`${portal}/api/v1/element-clock`, { credentials: "omit" });
    const { now } = (await answer.json()) as { now: string };
    const tookMs = Date.now() - askedAt;
    // A slow answer says nothing about clocks.
    return tookMs > 30_000 ? undefined : askedAt + tookMs / 2 - Date.parse(now);
  } catch {
    return undefined;
  }
}

/** Asks for a token without a session: an origin that some placement allows may read the refusal. */
async function askForOrigin(): Promise<void> {
  try {
    await fetch(`${portal}/api/v1/element-sessions/token`, {
      method: "POST",
      credentials: "omit",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
  } catch {
    seen.push({
      code: "missing-origin",
      severity: "fault",
      says: `${location.origin} is on no placement's list, or the page's policy blocks calls to the portal.`,
      line: location.origin,
    });
  }
}

function readPage(headers: Headers, clockAheadMs: number | undefined): ExaminedPage {
  const attributesOf = (element: Element) =>
    Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));
  const meta = document.querySelectorAll<HTMLMetaElement>(
    'meta[http-equiv="Content-Security-Policy" i]',
  );
  const header = headers.get("content-security-policy");
  // What the loader mounted is no element that somebody wrote into the page.
  const elements = [...document.querySelectorAll("*")].filter(
    ({ localName, parentElement }) =>
      localName === "hero-placement" ||
      (localName.startsWith("hh-") && parentElement?.localName !== "hero-placement"),
  );
  return {
    policies: [...(header ? [header] : []), ...[...meta].map(({ content }) => content)],
    reportedPolicies: [headers.get("content-security-policy-report-only") ?? ""].filter(Boolean),
    origin: location.origin,
    scripts: [...document.querySelectorAll<HTMLScriptElement>("script[src]")].map((script) => ({
      src: script.src,
      nonce: script.nonce,
      hasIntegrity: script.integrity !== "",
      crossOrigin: script.crossOrigin ?? undefined,
    })),
    frames: [...document.querySelectorAll<HTMLIFrameElement>("iframe[src]")].map(({ src }) => ({
      src,
    })),
    elements: elements.map((element) => ({
      tag: element.localName,
      attributes: attributesOf(element),
    })),
    // The doctor's own tag and what the loader wrote are none of the page's text.
    html: elements.map((element) => (element.cloneNode() as Element).outerHTML).join("\n"),
    cacheControl: undefined,
    clockAheadMs,
    sentMs: undefined,
    nowMs: Date.now(),
  };
}

const directives: Record<string, string | undefined> = {
  "script-src-elem": "csp-script",
  "script-src": "csp-script",
  "connect-src": "csp-connect",
  "frame-src": "csp-frame",
  "child-src": "csp-frame",
  "style-src-elem": "csp-style",
  "style-src": "csp-style",
};

async function run(): Promise<void> {
  const facts = readFacts();
  if (!facts) return;
  const panel = makePanel();
  let page: ExaminedPage | undefined;
  const show = () => panel.show([...(page ? examine(page, facts) : []), ...seen]);

  document.addEventListener("securitypolicyviolation", (event) => {
    const ours = [portal, facts.elementsOrigin, facts.scriptHost, facts.heroApi];
    const code = directives[event.effectiveDirective];
    if (!code || !ours.some((origin) => event.blockedURI.startsWith(origin))) return;
    seen.push({
      code,
      severity: event.disposition === "enforce" ? "fault" : "warning",
      says: `The browser ${event.disposition === "enforce" ? "blocked" : "would block"} ${event.blockedURI.split("?")[0]} by ${event.effectiveDirective}.`,
      line: `${event.effectiveDirective} … ${new URL(event.blockedURI).origin}`,
    });
    show();
  });
  document.addEventListener("hero:error", (event) => {
    const { code } = (event as CustomEvent<{ code: string }>).detail;
    seen.push({
      code,
      severity: "fault",
      says: `The loader says: ${code}.`,
      line: "Its codes are explained in the portal, on the placement's page.",
    });
    show();
  });

  const [headers, clockAheadMs] = await Promise.all([readHeaders(), readClock(), askForOrigin()]);
  page = readPage(headers, clockAheadMs);
  show();
}

const start = () => void run();
if (document.readyState === "complete") start();
else addEventListener("load", start);
