import { originCandidates } from "@/server/schemas/origin-candidates";
import type { DoctorFacts, ExaminedPage, Finding, Rule } from "./page";
import { policyFaults, reportOnlyFaults, styleFaults } from "./policy-rules";
import { isLoader, tagOfLoader, usesFrame } from "./helpers";

/**
 * The embed doctor's rules: what in a page keeps an element from working, or gives something away, and
 * the line that mends it. Pure; the portal's page and the snippet in a partner's page both go by them.
 */

const placements = (page: ExaminedPage) =>
  page.elements.filter(({ tag }) => tag === "hero-placement");
const bareElements = (page: ExaminedPage) =>
  page.elements.filter(({ tag }) => tag.startsWith("hh-"));

const environmentFaults: Rule = (page, facts) =>
  bareElements(page).flatMap(({ tag, attributes }) => {
    const said = attributes.env;
    if (said === facts.env) return [];
    return [
      {
        code: "wrong-env",
        severity: said || facts.env === "production" ? ("fault" as const) : ("warning" as const),
        says: said
          ? `<${tag}> says env="${said.slice(0, 40)}", and here ${facts.env} is meant.`
          : `<${tag}> does not say its env, and Hero then takes staging.`,
        line: `<${tag} env="${facts.env}" …>`,
      },
    ];
  });

const originFaults: Rule = (page, { placement }) => {
  if (!placement) return [];
  const off: Finding[] = placement.isOn
    ? []
    : [
        {
          code: "placement-off",
          severity: "fault",
          says: "The placement is switched off, so no page gets a token.",
          line: "Switch the placement on in the portal.",
        },
      ];
  const { origin } = page;
  if (!origin || originCandidates(origin).some((each) => placement.origins.includes(each))) {
    return off;
  }
  return [
    ...off,
    {
      code: "missing-origin",
      severity: "fault",
      says: `${origin} is not on the placement's list of origins.`,
      line: origin,
    },
  ];
};

const secret = /\bhes_[A-Za-z0-9_-]{43}\b/;
const firstExchangeMs = 15 * 60_000;

const sessionFaults: Rule = (page) => {
  const found: Finding[] = [];
  for (const { attributes } of placements(page)) {
    // Where there is none, a script of the page may bring it later.
    const { session } = attributes;
    if (session && !secret.test(session)) {
      found.push({
        code: "no-session",
        severity: "fault",
        says: "What stands in the session attribute is no session's secret.",
        line: 'session="hes_…", the `secret` that POST /api/v1/element-sessions answered',
      });
    }
  }
  if (!secret.test(page.html)) return found;
  if (page.sentMs !== undefined && page.nowMs - page.sentMs > firstExchangeMs) {
    found.push({
      code: "expired-session",
      severity: "warning",
      says: "The page was sent more than 15 minutes ago: if its session was not used by then, it has expired.",
      line: "Load the page anew, and open a session for every page you send.",
    });
  }
  if (page.cacheControl !== undefined && !/no-store/i.test(page.cacheControl)) {
    found.push({
      code: "cached-session",
      severity: "fault",
      says: "The page holds a session and may be kept in a cache: the next person would get a spent one.",
      line: "Cache-Control: no-store",
    });
  }
  return found;
};

const keyFaults: Rule = (page) => {
  const found: Finding[] = [];
  if (
    /\sapi-key\s*=/i.test(page.html) ||
    bareElements(page).some((one) => "api-key" in one.attributes)
  ) {
    found.push({
      code: "key-in-page",
      severity: "fault",
      says: "The page has an api-key attribute: whoever opens it holds the practice's key. Replace that key at Hero now.",
      line: "Remove api-key=…; the loader gets a token of 30 minutes instead.",
    });
  }
  if (/\bhpp_(?:sandbox|staging|production)_[A-Za-z0-9_-]{20,}/.test(page.html)) {
    found.push({
      code: "key-in-page",
      severity: "fault",
      says: "The page holds a portal API key. Revoke it now, and keep the next one on your server.",
      line: "Remove the key from the page; only your server sends Authorization: Bearer …",
    });
  }
  if (/["'`]?x-api-key["'`]?\s*[:,]\s*["'`]?\w/i.test(page.html)) {
    found.push({
      code: "key-in-page",
      severity: "fault",
      says: "A script in the page calls Hero with x-api-key: whoever opens it holds the practice's key. Replace that key at Hero now.",
      line: "Remove the call; only your server may send x-api-key.",
    });
  }
  return found;
};

const loaderFaults: Rule = (page, facts) => {
  const loaders = page.scripts.filter(({ src }) => isLoader(src, facts));
  const isNeeded = placements(page).length > 0 && !usesFrame(page, facts);
  const missing: Finding[] =
    isNeeded && loaders.length === 0
      ? [
          {
            code: "no-loader",
            severity: "fault",
            says: "The page has <hero-placement> and does not load the loader that gives it life.",
            line: tagOfLoader(facts),
          },
        ]
      : [];
  const pinned: Finding[] = loaders
    .filter(({ hasIntegrity, crossOrigin }) => hasIntegrity && crossOrigin === undefined)
    .map(() => ({
      code: "integrity-without-crossorigin",
      severity: "fault",
      says: "The loader's tag has integrity without crossorigin, so browsers refuse it.",
      line: tagOfLoader(facts).replace(" crossorigin", ' integrity="…" crossorigin'),
    }));
  return [...missing, ...pinned];
};

const mixedContent: Rule = (page) => {
  if (!page.origin?.startsWith("https:")) return [];
  const isPlain = (src: string) =>
    /^http:\/\/(?!localhost[:/]|127\.0\.0\.1[:/]|[^/]*\.localhost[:/])/.test(src);
  return [...page.scripts, ...page.frames]
    .filter(({ src }) => isPlain(src))
    .map(({ src }) => ({
      code: "mixed-content",
      severity: "fault" as const,
      says: "The page comes by https and loads this by http, which browsers block.",
      line: src.replace(/^http:/, "https:").slice(0, 300),
    }));
};

const clockFaults: Rule = ({ clock }) => {
  if (!clock || Math.abs(clock.aheadMs) < 2 * 60_000) return [];
  const minutes = Math.round(Math.abs(clock.aheadMs) / 60_000);
  return [
    {
      code: "clock-skew",
      severity: "warning",
      says: `The clock of ${clock.of} is ${minutes} minutes ${clock.aheadMs > 0 ? "ahead of" : "behind"} that of ${clock.than}: times that are counted from it come out wrong.`,
      line: "Set the clock by the network (NTP).",
    },
  ];
};

const rules: readonly Rule[] = [
  keyFaults,
  loaderFaults,
  sessionFaults,
  originFaults,
  environmentFaults,
  policyFaults,
  styleFaults,
  mixedContent,
  clockFaults,
  reportOnlyFaults,
];

/** Everything that is found, the worst first; the same thing is said once, in its worst form. */
export function examine(page: ExaminedPage, facts: DoctorFacts): Finding[] {
  const once = new Map<string, Finding>();
  for (const found of worstFirst(rules.flatMap((rule) => rule(page, facts)))) {
    const key = `${found.code} ${found.line}`;
    if (!once.has(key)) once.set(key, found);
  }
  return [...once.values()];
}

export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted(
    (one, other) => Number(one.severity === "warning") - Number(other.severity === "warning"),
  );
