import { findingOf, findingOfTrouble } from "./doctor/live-findings";
import { readClock, readHeaders, readLivePage } from "./doctor/live-page";
import type { DoctorFacts, ExaminedPage, Finding } from "./doctor/page";
import { makePanel } from "./doctor/panel";
import { examine, worstFirst } from "./doctor/rules";

/**
 * `/embed/doctor-v1.js`: put into a partner's page for a while, it looks at what is there, says what keeps
 * the element from working, and tells nobody: nothing leaves the page but questions that hold nothing of it.
 */

function readFacts(own: HTMLScriptElement): DoctorFacts | undefined {
  const { placement, env, scripts, hero, elements } = own.dataset;
  if (!env || !scripts || !hero || !elements) return undefined;
  return {
    portal: new URL(own.src).origin,
    elementsOrigin: elements,
    scriptHost: scripts,
    heroApi: hero,
    env: env === "production" ? "production" : "staging",
    // Which origins are allowed is not this page's to know: the portal is asked whether this one is.
    placement: placement ? { id: placement, origins: [location.origin], isOn: true } : null,
  };
}

const tornTag: Finding = {
  code: "doctor-tag",
  severity: "fault",
  says: "The doctor's own tag is not whole, so it cannot tell what the page needs.",
  line: "Copy the whole tag from the embed doctor in the portal.",
};

const isAnswered = (address: string, asked: RequestInit) =>
  fetch(address, { credentials: "omit", cache: "no-store", ...asked }).then(
    () => true,
    () => false,
  );

/** Asks for a token without a session: a page of an origin that some placement allows may read the refusal. */
async function findOrigin({ portal }: DoctorFacts): Promise<Finding | undefined> {
  const isReadable = await isAnswered(`${portal}/api/v1/element-sessions/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  if (isReadable) return undefined;
  if (await isAnswered(`${portal}/embed/v1.js`, { method: "HEAD", mode: "no-cors" })) {
    return {
      code: "missing-origin",
      severity: "fault",
      says: `${location.origin} is on no placement's list of origins.`,
      line: location.origin,
    };
  }
  return {
    code: "portal-unreachable",
    severity: "fault",
    says: "Calls from this page do not reach the portal.",
    line: portal,
  };
}

function start(own: HTMLScriptElement): void {
  const facts = readFacts(own);
  const seen: Finding[] = [];
  let examined: { page: ExaminedPage; facts: DoctorFacts } | undefined;
  let panel: ReturnType<typeof makePanel> | undefined;

  function show() {
    const found = examined ? examine(examined.page, examined.facts) : [];
    // What the policies say whole, the browser says once more in parts.
    const known = new Set(found.map(({ code }) => code));
    const more = seen.filter(({ code }) => !known.has(code));
    const isBlocked = known.has("csp-connect") || more.some(({ code }) => code === "csp-connect");
    const all = [...found, ...more].filter(
      ({ code }) => !(isBlocked && code === "portal-unreachable"),
    );
    panel?.show(worstFirst(all));
  }

  function note(finding: Finding | undefined) {
    if (!finding || seen.some((one) => one.code === finding.code && one.line === finding.line)) {
      return;
    }
    seen.push(finding);
    show();
  }

  async function look() {
    panel = makePanel();
    if (!facts) return note(tornTag);
    const [headers, clock, origin] = await Promise.all([
      readHeaders(),
      readClock(facts.portal),
      findOrigin(facts),
    ]);
    examined = { page: readLivePage(headers, clock, own), facts };
    note(origin);
    show();
  }

  // From the start: what is blocked is blocked while the page loads.
  document.addEventListener("securitypolicyviolation", (event) => {
    if (facts) note(findingOf(event, facts));
  });
  document.addEventListener("hero:error", ({ detail }) => note(findingOfTrouble(detail?.code)));
  const begin = () => void look();
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin);
}

const own =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>('script[src*="/embed/doctor-v1.js"]');
if (own) start(own);
