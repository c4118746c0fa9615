import { originCandidates } from "@/server/schemas/origin-candidates";
import type { DoctorFacts, ExaminedPage, Finding } from "./page";
import { decidingDirective, type Fetching, isAllowed, parsePolicies, withSource } from "./policy";

/**
 * The embed doctor's rules: what in a page keeps an element from working, or gives something away, and
 * the line that mends it. Pure; the portal's page and the snippet in a partner's page both go by them.
 */

type Rule = (page: ExaminedPage, facts: DoctorFacts) => Finding[];

const loaderPath = "/embed/v1.js";
const isLoader = (src: string, facts: DoctorFacts) =>
  src.startsWith(`${facts.portal}${loaderPath}`);
/** A frame in the page, or a script of its own that makes one. */
const usesFrame = (page: ExaminedPage, { elementsOrigin }: DoctorFacts) =>
  page.frames.some(({ src }) => src.startsWith(`${elementsOrigin}/`)) ||
  page.html.includes(elementsOrigin);
const placements = (page: ExaminedPage) =>
  page.elements.filter(({ tag }) => tag === "hero-placement");
const bareElements = (page: ExaminedPage) =>
  page.elements.filter(({ tag }) => tag.startsWith("hh-"));

const tagOfLoader = ({ portal }: DoctorFacts) =>
  `<script src="${portal}${loaderPath}" crossorigin async></script>`;

/** What the page has to let in: for a frame its origin alone, otherwise loader, script and calls. */
function needsOf(page: ExaminedPage, facts: DoctorFacts) {
  const { portal, elementsOrigin, scriptHost, heroApi } = facts;
  if (usesFrame(page, facts)) {
    return [{ fetching: "frame-src", address: `${elementsOrigin}/`, what: "the frame" }] as const;
  }
  return [
    { fetching: "script-src", address: `${portal}${loaderPath}`, what: "the loader" },
    { fetching: "script-src", address: `${scriptHost}/`, what: "Hero's script" },
    { fetching: "connect-src", address: `${portal}/api/v1/`, what: "calls to the portal" },
    { fetching: "connect-src", address: `${heroApi}/`, what: "calls to Hero" },
  ] as const;
}

const codes: Record<Fetching, string> = {
  "script-src": "csp-script",
  "connect-src": "csp-connect",
  "frame-src": "csp-frame",
  "style-src": "csp-style",
};

const policyFaults: Rule = (page, facts) => {
  const nonce = page.scripts.find(({ src }) => isLoader(src, facts))?.nonce;
  return page.policies.flatMap(parsePolicies).flatMap((policy) =>
    needsOf(page, facts).flatMap(({ fetching, address, what }) => {
      const directive = decidingDirective(policy, fetching);
      const isScript = fetching === "script-src";
      const given = { page: page.origin, nonce: isScript ? nonce : undefined };
      // The loader hands its nonce on to Hero's script.
      if (!directive || isAllowed(directive.sources, address, given)) return [];
      const isStrict =
        isScript && directive.sources.some((source) => /^'strict-dynamic'$/i.test(source));
      return [
        {
          code: codes[fetching],
          severity: "fault" as const,
          says: isStrict
            ? `With 'strict-dynamic' the policy lets in ${what} only through a nonce on the loader's tag.`
            : `The content security policy (${directive.name}) blocks ${what}.`,
          line: isStrict
            ? tagOfLoader(facts).replace("<script", '<script nonce="NONCE"')
            : withSource(
                directive.name === "default-src" ? fetching : directive.name,
                directive.sources,
                new URL(address).origin,
              ),
        },
      ];
    }),
  );
};

const styleFaults: Rule = (page, facts) => {
  if (usesFrame(page, facts)) return [];
  return page.policies.flatMap(parsePolicies).flatMap((policy) => {
    const directive = decidingDirective(policy, "style-src");
    const lower = directive?.sources.map((source) => source.toLowerCase()) ?? [];
    // With a nonce or a hash in the list, browsers ignore the word.
    const isVoid = lower.some((source) => /^'(nonce-|sha\d+-|strict-dynamic')/.test(source));
    if (!directive || (lower.includes("'unsafe-inline'") && !isVoid)) return [];
    const kept = directive.sources.filter((source) => !/^'(nonce-|sha\d+-)/i.test(source));
    const name = directive.name === "default-src" ? "style-src" : directive.name;
    return [
      {
        code: "csp-style",
        severity: "warning" as const,
        says: `The content security policy (${directive.name}) may keep the element from styling itself.`,
        line: withSource(
          name,
          kept.filter((source) => !/^'unsafe-inline'$/i.test(source)),
          "'unsafe-inline'",
        ),
      },
    ];
  });
};

const environmentFaults: Rule = (page, facts) =>
  bareElements(page).flatMap(({ tag, attributes }) => {
    const said = attributes.env;
    if (said === facts.env) return [];
    return [
      {
        code: "wrong-env",
        severity: "fault" as const,
        says: said
          ? `<${tag}> says env="${said.slice(0, 40)}", and this placement is for ${facts.env}.`
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
      severity: "fault",
      says: "The page was sent more than 15 minutes ago, so a session in it that was not used has expired.",
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

const clockFaults: Rule = ({ clockAheadMs }) => {
  if (clockAheadMs === undefined || Math.abs(clockAheadMs) < 2 * 60_000) return [];
  const minutes = Math.round(Math.abs(clockAheadMs) / 60_000);
  return [
    {
      code: "clock-skew",
      severity: "warning",
      says: `This clock is ${minutes} minutes ${clockAheadMs > 0 ? "ahead of" : "behind"} the portal's; tokens may seem expired or not yet good.`,
      line: "Set the clock by the network (NTP).",
    },
  ];
};

const reportOnly: Rule = (page, facts) => {
  const faults = policyFaults({ ...page, policies: page.reportedPolicies }, facts);
  return faults.map((finding) => ({
    ...finding,
    severity: "warning" as const,
    says: `Once the report-only policy is enforced: ${finding.says.charAt(0).toLowerCase()}${finding.says.slice(1)}`,
  }));
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
  reportOnly,
];

/** Everything that is found, the worst first; the same thing is said once. */
export function examine(page: ExaminedPage, facts: DoctorFacts): Finding[] {
  const found = rules.flatMap((rule) => rule(page, facts));
  const once = [...new Map(found.map((each) => [`${each.code} ${each.line}`, each])).values()];
  const rank = ({ severity }: Finding) => (severity === "fault" ? 0 : 1);
  return once.sort((one, other) => rank(one) - rank(other));
}
