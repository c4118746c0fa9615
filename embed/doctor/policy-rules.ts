import type { DoctorFacts, ExaminedPage, Finding, Rule } from "./page";
import {
  decidingDirective,
  type Fetching,
  isAllowed,
  isStrict,
  lineFor,
  parsePolicies,
  type Policy,
} from "./policy";
import { isLoader, loaderPath, tagOfLoader, usesFrame } from "./helpers";

type Need = { fetching: Fetching; address: string; what: string };

/** What the page has to let in: for a frame its origin alone, otherwise loader, script and calls. */
function needsOf(page: ExaminedPage, facts: DoctorFacts): Need[] {
  const { portal, elementsOrigin, scriptHost, heroApi } = facts;
  if (usesFrame(page, facts)) {
    return [{ fetching: "frame-src", address: `${elementsOrigin}/`, what: "the frame" }];
  }
  return [
    { fetching: "script-src", address: `${portal}${loaderPath}`, what: "the loader" },
    { fetching: "script-src", address: `${scriptHost}/`, what: "Hero's script" },
    { fetching: "connect-src", address: `${portal}/api/v1/`, what: "calls to the portal" },
    { fetching: "connect-src", address: `${heroApi}/`, what: "calls to Hero" },
  ];
}

export const policyCodes: Record<Fetching, string> = {
  "script-src": "csp-script",
  "connect-src": "csp-connect",
  "frame-src": "csp-frame",
  "style-src": "csp-style",
};

/** What a policy keeps out that the page needs. */
export const policyFaults: Rule = (page, facts) => {
  const needs = needsOf(page, facts);
  return page.policies.flatMap(parsePolicies).flatMap((policy) =>
    (["script-src", "connect-src", "frame-src"] as const).flatMap((fetching) =>
      blockedBy(
        policy,
        fetching,
        needs.filter((need) => need.fetching === fetching),
        page,
        facts,
      ),
    ),
  );
};

/** What one directive keeps out, with one line that mends all of it: a second line of the name would not count. */
function blockedBy(
  policy: Policy,
  fetching: Fetching,
  needs: readonly Need[],
  page: ExaminedPage,
  facts: DoctorFacts,
): Finding[] {
  const directive = decidingDirective(policy, fetching);
  if (!directive) return [];
  const code = policyCodes[fetching];
  const loader = page.scripts.find(({ src }) => isLoader(src, facts));
  // The loader hands its nonce on to Hero's script.
  const nonce = fetching === "script-src" ? loader?.nonce : undefined;
  if (fetching === "script-src" && isStrict(directive.sources)) {
    // A loader that another script adds is trusted by that script.
    if (!loader || directive.sources.includes(`'nonce-${nonce}'`)) return [];
    return [
      {
        code,
        severity: "fault",
        says: "With 'strict-dynamic' the policy lets in the loader only through a nonce on its tag.",
        line: tagOfLoader(facts).replace("<script", '<script nonce="NONCE"'),
      },
    ];
  }
  const blocked = needs.filter(
    ({ address }) => !isAllowed(directive.sources, address, { page: page.origin, nonce }),
  );
  if (blocked.length === 0) return [];
  return [
    {
      code,
      severity: "fault",
      says: `The content security policy (${directive.name}) blocks ${blocked.map(({ what }) => what).join(" and ")}.`,
      line: lineFor(
        directive,
        fetching,
        blocked.map(({ address }) => new URL(address).origin),
      ),
    },
  ];
}

/** Assumed: Hero does not say how its element brings its styles. */
export const styleFaults: Rule = (page, facts) => {
  if (usesFrame(page, facts)) return [];
  return page.policies.flatMap(parsePolicies).flatMap((policy) => {
    const directive = decidingDirective(policy, "style-src");
    const lower = directive?.sources.map((source) => source.toLowerCase()) ?? [];
    // With a nonce or a hash in the list, browsers ignore the word.
    const isVoid = lower.some((source) => /^'(nonce-|sha\d+-|strict-dynamic')/.test(source));
    if (!directive || (lower.includes("'unsafe-inline'") && !isVoid)) return [];
    const sources = directive.sources.filter(
      (source) => !/^'(nonce-|sha\d+-|unsafe-inline'|strict-dynamic')/i.test(source),
    );
    return [
      {
        code: policyCodes["style-src"],
        severity: "warning" as const,
        says: `The content security policy (${directive.name}) may keep the element from styling itself.`,
        line: lineFor({ ...directive, sources }, "style-src", ["'unsafe-inline'"]),
      },
    ];
  });
};

/** The same of the policies that block nothing yet. */
export const reportOnlyFaults: Rule = (page, facts) => {
  const faults = policyFaults({ ...page, policies: page.reportedPolicies }, facts);
  return faults.map((finding) => ({
    ...finding,
    severity: "warning" as const,
    says: `Once the report-only policy is enforced: ${finding.says.charAt(0).toLowerCase()}${finding.says.slice(1)}`,
  }));
};
