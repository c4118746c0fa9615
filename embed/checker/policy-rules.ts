import { isLoader, loaderPath, loaderTag, usesFrame } from "./helpers";
import type { CheckedPage, CheckerConfig, Finding, Rule } from "./page";
import {
  decidingDirective,
  type FetchDirective,
  isAllowed,
  isStrict,
  parsePolicies,
  type Policy,
  policyLine,
} from "./policy";

type RequiredSource = { fetchDirective: FetchDirective; address: string; label: string };

/** What the page must allow: with an iframe only its origin, otherwise the loader, Hero's script and calls. */
function requiredSources(page: CheckedPage, config: CheckerConfig): RequiredSource[] {
  const { portal, elementsOrigin, scriptHost, heroApi } = config;
  if (usesFrame(page, config)) {
    return [{ fetchDirective: "frame-src", address: `${elementsOrigin}/`, label: "the iframe" }];
  }
  return [
    { fetchDirective: "script-src", address: `${portal}${loaderPath}`, label: "the loader" },
    { fetchDirective: "script-src", address: `${scriptHost}/`, label: "Hero's script" },
    { fetchDirective: "connect-src", address: `${portal}/api/v1/`, label: "calls to the portal" },
    { fetchDirective: "connect-src", address: `${heroApi}/`, label: "calls to Hero" },
  ];
}

export const policyCodes: Record<FetchDirective, string> = {
  "script-src": "csp-script",
  "connect-src": "csp-connect",
  "frame-src": "csp-frame",
  "style-src": "csp-style",
};

export const policyRule: Rule = (page, config) => {
  const required = requiredSources(page, config);
  return page.policies.flatMap(parsePolicies).flatMap((policy) =>
    (["script-src", "connect-src", "frame-src"] as const).flatMap((fetchDirective) =>
      blockedFindings(
        policy,
        fetchDirective,
        required.filter((source) => source.fetchDirective === fetchDirective),
        page,
        config,
      ),
    ),
  );
};

/** One fix for everything that a directive blocks: browsers would ignore a second line of its name. */
function blockedFindings(
  policy: Policy,
  fetchDirective: FetchDirective,
  required: readonly RequiredSource[],
  page: CheckedPage,
  config: CheckerConfig,
): Finding[] {
  const directive = decidingDirective(policy, fetchDirective);
  if (!directive) return [];
  const code = policyCodes[fetchDirective];
  const loader = page.scripts.find(({ src }) => isLoader(src, config));
  // The loader sets its nonce on Hero's script.
  const nonce = fetchDirective === "script-src" ? loader?.nonce : undefined;
  if (fetchDirective === "script-src" && isStrict(directive.sources)) {
    // With 'strict-dynamic', a loader that another script adds is trusted.
    if (!loader || directive.sources.includes(`'nonce-${nonce}'`)) return [];
    return [
      {
        code,
        severity: "error",
        message:
          "With 'strict-dynamic', the policy only allows the loader if its script tag has a nonce.",
        fix: loaderTag(config).replace("<script", '<script nonce="NONCE"'),
      },
    ];
  }
  const blocked = required.filter(
    ({ address }) => !isAllowed(directive.sources, address, { page: page.origin, nonce }),
  );
  if (blocked.length === 0) return [];
  return [
    {
      code,
      severity: "error",
      message: `The content security policy (${directive.name}) blocks ${blocked.map(({ label }) => label).join(" and ")}.`,
      fix: policyLine(
        directive,
        fetchDirective,
        blocked.map(({ address }) => new URL(address).origin),
      ),
    },
  ];
}

/** Where a page requires trusted types, the loader needs its policy, and older releases do not work. */
export const trustedTypesRule: Rule = (page, config) => {
  if (usesFrame(page, config)) return [];
  return page.policies.flatMap(parsePolicies).flatMap(({ directives }) => {
    if (!directives.has("require-trusted-types-for")) return [];
    const findings: Finding[] = [];
    const isOldRelease = page.scripts.some(
      ({ src }) => isLoader(src, config) && !src.includes(loaderPath),
    );
    if (isOldRelease) {
      findings.push({
        code: "trusted-types-release",
        severity: "error",
        message:
          "The policy requires trusted types, which this release of the loader does not use.",
        fix: loaderTag(config),
      });
    }
    const names = directives.get("trusted-types");
    if (names && !names.includes("*") && !names.includes("hero-portal")) {
      findings.push({
        code: "csp-trusted-types",
        severity: "error",
        message: "The content security policy (trusted-types) blocks the loader's policy.",
        fix: ["trusted-types", ...names.filter((name) => name !== "'none'"), "hero-portal"].join(
          " ",
        ),
      });
    }
    return findings;
  });
};

/** Assumed: Hero does not document how its elements add their styles. */
export const styleRule: Rule = (page, config) => {
  if (usesFrame(page, config)) return [];
  return page.policies.flatMap(parsePolicies).flatMap((policy) => {
    const directive = decidingDirective(policy, "style-src");
    const lower = directive?.sources.map((source) => source.toLowerCase()) ?? [];
    // Browsers ignore 'unsafe-inline' where the list has a nonce or a hash.
    const isIgnored = lower.some((source) => /^'(nonce-|sha\d+-|strict-dynamic')/.test(source));
    if (!directive || (lower.includes("'unsafe-inline'") && !isIgnored)) return [];
    const sources = directive.sources.filter(
      (source) => !/^'(nonce-|sha\d+-|unsafe-inline'|strict-dynamic')/i.test(source),
    );
    return [
      {
        code: policyCodes["style-src"],
        severity: "warning" as const,
        message: `The content security policy (${directive.name}) may block the element's styles.`,
        fix: policyLine({ ...directive, sources }, "style-src", ["'unsafe-inline'"]),
      },
    ];
  });
};

/** The findings of `policyRule` for policies that block nothing yet. */
export const reportOnlyRule: Rule = (page, config) => {
  const findings = policyRule({ ...page, policies: page.reportOnlyPolicies }, config);
  return findings.map((finding) => ({
    ...finding,
    severity: "warning" as const,
    message: `Once the report-only policy is enforced: ${finding.message.charAt(0).toLowerCase()}${finding.message.slice(1)}`,
  }));
};
