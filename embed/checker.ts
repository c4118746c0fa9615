import { findingForErrorCode, findingForViolation } from "./checker/live-findings";
import { fetchPageHeaders, measureClock, readLivePage } from "./checker/live-page";
import type { CheckedPage, CheckerConfig, Finding } from "./checker/page";
import { createPanel } from "./checker/panel";
import { checkPage, errorsFirst } from "./checker/rules";

/**
 * `/embed/checker-v2.js`: loaded in a partner's page for a while, it shows why an element does not work.
 * The requests that it sends hold nothing of the page.
 */

function readConfig({ src, dataset }: HTMLScriptElement): CheckerConfig | undefined {
  const { placement, env, scripts, hero, elements } = dataset;
  if (!env || !scripts || !hero || !elements) return undefined;
  return {
    portal: new URL(src).origin,
    elementsOrigin: elements,
    scriptHost: scripts,
    heroApi: hero,
    env: env === "production" ? "production" : "staging",
    // The page must not learn the list of allowed origins: `checkOrigin` asks about this one instead.
    placement: placement ? { id: placement, origins: [location.origin], isOn: true } : null,
  };
}

const incompleteTagFinding: Finding = {
  code: "checker-tag",
  severity: "error",
  message: "The checker's script tag is incomplete.",
  fix: "Copy the whole tag from the embed checker in the portal.",
};

const isReachable = (address: string, options: RequestInit) =>
  fetch(address, { credentials: "omit", cache: "no-store", ...options }).then(
    () => true,
    () => false,
  );

/** Requests a token without a session: only allowed origins may read that it was refused. */
async function checkOrigin({ portal }: CheckerConfig): Promise<Finding | undefined> {
  const isReadable = await isReachable(`${portal}/api/v1/element-sessions/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  if (isReadable) return undefined;
  if (await isReachable(`${portal}/embed/v2.js`, { method: "HEAD", mode: "no-cors" })) {
    return {
      code: "missing-origin",
      severity: "error",
      message: `${location.origin} is not an allowed origin of any placement.`,
      fix: location.origin,
    };
  }
  return {
    code: "portal-unreachable",
    severity: "error",
    message: "This page cannot reach the portal.",
    fix: portal,
  };
}

function start(script: HTMLScriptElement): void {
  const config = readConfig(script);
  const liveFindings: Finding[] = [];
  let page: CheckedPage | undefined;
  let panel: ReturnType<typeof createPanel> | undefined;

  function show() {
    const pageFindings = page && config ? checkPage(page, config) : [];
    // The browser reports parts of what the policies show as a whole.
    const pageCodes = new Set(pageFindings.map(({ code }) => code));
    const findings = [...pageFindings, ...liveFindings.filter(({ code }) => !pageCodes.has(code))];
    const isConnectBlocked = findings.some(({ code }) => code === "csp-connect");
    panel?.show(
      errorsFirst(
        findings.filter(({ code }) => !(isConnectBlocked && code === "portal-unreachable")),
      ),
    );
  }

  function addFinding(finding: Finding | undefined) {
    const isKnown = liveFindings.some(
      ({ code, fix }) => code === finding?.code && fix === finding.fix,
    );
    if (!finding || isKnown) return;
    liveFindings.push(finding);
    show();
  }

  async function runChecks() {
    panel = createPanel();
    if (!config) return addFinding(incompleteTagFinding);
    const [headers, clock, originFinding] = await Promise.all([
      fetchPageHeaders(),
      measureClock(config.portal),
      checkOrigin(config),
    ]);
    page = readLivePage(headers, clock, script);
    addFinding(originFinding);
    show();
  }

  // Added at once: most violations happen while the page loads.
  document.addEventListener("securitypolicyviolation", (event) => {
    if (config) addFinding(findingForViolation(event, config));
  });
  document.addEventListener("hero:error", ({ detail }) =>
    addFinding(findingForErrorCode(detail?.code)),
  );
  const onLoad = () => void runChecks();
  if (document.readyState === "complete") onLoad();
  else addEventListener("load", onLoad);
}

const script =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>('script[src*="/embed/checker-v2.js"]');
if (script) start(script);
