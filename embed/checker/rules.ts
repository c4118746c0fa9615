import { originCandidates } from "@/server/schemas/origin-candidates";
import { isLoader, loaderTag, usesFrame } from "./helpers";
import type { CheckedPage, CheckerConfig, Finding, Rule } from "./page";
import { policyRule, reportOnlyRule, styleRule, trustedTypesRule } from "./policy-rules";

/** The embed checker's rules. Pure: the portal's page and the script in a partner's page both use them. */

const placements = (page: CheckedPage) =>
  page.elements.filter(({ tag }) => tag === "hero-placement");
const heroElements = (page: CheckedPage) =>
  page.elements.filter(({ tag }) => tag.startsWith("hh-"));

const environmentRule: Rule = (page, config) =>
  heroElements(page).flatMap(({ tag, attributes: { env } }) => {
    if (env === config.env) return [];
    return [
      {
        code: "wrong-env",
        severity: env || config.env === "production" ? ("error" as const) : ("warning" as const),
        message: env
          ? `<${tag}> has env="${env.slice(0, 40)}" instead of "${config.env}".`
          : `<${tag}> has no env, so Hero uses staging.`,
        fix: `<${tag} env="${config.env}" …>`,
      },
    ];
  });

const originRule: Rule = ({ origin }, { placement }) => {
  if (!placement) return [];
  const findings: Finding[] = [];
  if (!placement.isOn) {
    findings.push({
      code: "placement-off",
      severity: "error",
      message: "The placement is off, so pages get no tokens.",
      fix: "Turn the placement on in the portal.",
    });
  }
  const isListed = (candidate: string) => placement.origins.includes(candidate);
  if (origin && !originCandidates(origin).some(isListed)) {
    findings.push({
      code: "missing-origin",
      severity: "error",
      message: `${origin} is not one of the placement's allowed origins.`,
      fix: origin,
    });
  }
  return findings;
};

const secretPattern = /\bhes_[A-Za-z0-9_-]{43}\b/;
const firstExchangeMs = 15 * 60_000;

const sessionRule: Rule = (page) => {
  const findings: Finding[] = [];
  for (const { attributes } of placements(page)) {
    // Without one, a script of the page may set it later.
    const { session } = attributes;
    if (session && !secretPattern.test(session)) {
      findings.push({
        code: "no-session",
        severity: "error",
        message: "The session attribute is not a valid session secret.",
        fix: 'session="hes_…", the `secret` from the response of POST /api/v1/element-sessions',
      });
    }
  }
  if (!secretPattern.test(page.html)) return findings;
  if (page.sentMs !== undefined && page.nowMs - page.sentMs > firstExchangeMs) {
    findings.push({
      code: "expired-session",
      severity: "warning",
      message:
        "The page was sent more than 15 minutes ago. If its session was not used by then, it has expired.",
      fix: "Reload the page, and create a new session for every page you send.",
    });
  }
  if (page.cacheControl !== undefined && !/no-store/i.test(page.cacheControl)) {
    findings.push({
      code: "cached-session",
      severity: "error",
      message:
        "The page holds a session and may be cached. The next person would get a used session.",
      fix: "Cache-Control: no-store",
    });
  }
  return findings;
};

const keyRule: Rule = (page) => {
  const findings: Finding[] = [];
  if (
    /\sapi-key\s*=/i.test(page.html) ||
    heroElements(page).some(({ attributes }) => "api-key" in attributes)
  ) {
    findings.push({
      code: "key-in-page",
      severity: "error",
      message:
        "The page has an api-key attribute, so anyone who opens it can read the practice's key. Replace that key at Hero now.",
      fix: "Remove api-key=…. The loader gets a 30-minute token instead.",
    });
  }
  if (/\bhpp_(?:sandbox|staging|production)_[A-Za-z0-9_-]{20,}/.test(page.html)) {
    findings.push({
      code: "key-in-page",
      severity: "error",
      message: "The page contains a portal API key. Revoke it now, and keep keys on your server.",
      fix: "Remove the key from the page. Only your server may send Authorization: Bearer …",
    });
  }
  if (/["'`]?x-api-key["'`]?\s*[:,]\s*["'`]?\w/i.test(page.html)) {
    findings.push({
      code: "key-in-page",
      severity: "error",
      message:
        "A script in the page calls Hero with x-api-key, so anyone who opens it can read the practice's key. Replace that key at Hero now.",
      fix: "Remove the call. Only your server may send x-api-key.",
    });
  }
  return findings;
};

const loaderRule: Rule = (page, config) => {
  const loaders = page.scripts.filter(({ src }) => isLoader(src, config));
  const isNeeded = placements(page).length > 0 && !usesFrame(page, config);
  const missing: Finding[] =
    isNeeded && loaders.length === 0
      ? [
          {
            code: "no-loader",
            severity: "error",
            message: "The page has <hero-placement> but does not load the loader script.",
            fix: loaderTag(config),
          },
        ]
      : [];
  const pinned: Finding[] = loaders
    .filter(({ hasIntegrity, crossOrigin }) => hasIntegrity && crossOrigin === undefined)
    .map(() => ({
      code: "integrity-without-crossorigin",
      severity: "error",
      message: "The loader's script tag has integrity but no crossorigin, so browsers block it.",
      fix: loaderTag(config).replace(" crossorigin", ' integrity="…" crossorigin'),
    }));
  return [...missing, ...pinned];
};

const mixedContentRule: Rule = (page) => {
  if (!page.origin?.startsWith("https:")) return [];
  const isInsecure = (src: string) =>
    /^http:\/\/(?!localhost[:/]|127\.0\.0\.1[:/]|[^/]*\.localhost[:/])/.test(src);
  return [...page.scripts, ...page.frames]
    .filter(({ src }) => isInsecure(src))
    .map(({ src }) => ({
      code: "mixed-content",
      severity: "error" as const,
      message: "The page uses https but loads this over http, which browsers block.",
      fix: src.replace(/^http:/, "https:").slice(0, 300),
    }));
};

const clockRule: Rule = ({ clock }) => {
  if (!clock || Math.abs(clock.aheadMs) < 2 * 60_000) return [];
  const minutes = Math.round(Math.abs(clock.aheadMs) / 60_000);
  return [
    {
      code: "clock-skew",
      severity: "warning",
      message: `The clock of ${clock.of} is ${minutes} minutes ${clock.aheadMs > 0 ? "ahead of" : "behind"} ${clock.than}, so expiry times are wrong.`,
      fix: "Synchronise the clock over the network (NTP).",
    },
  ];
};

const rules: readonly Rule[] = [
  keyRule,
  loaderRule,
  sessionRule,
  originRule,
  environmentRule,
  policyRule,
  trustedTypesRule,
  styleRule,
  mixedContentRule,
  clockRule,
  reportOnlyRule,
];

/** All findings, errors first. Of equal ones, the most severe. */
export function checkPage(page: CheckedPage, config: CheckerConfig): Finding[] {
  const findings = new Map<string, Finding>();
  for (const finding of errorsFirst(rules.flatMap((rule) => rule(page, config)))) {
    const key = `${finding.code} ${finding.fix}`;
    if (!findings.has(key)) findings.set(key, finding);
  }
  return [...findings.values()];
}

export const errorsFirst = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted(
    (first, second) => Number(first.severity === "warning") - Number(second.severity === "warning"),
  );
