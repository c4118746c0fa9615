import type { ElementErrorCode } from "@/server/schemas/element-errors";
import type { CheckerConfig, Finding } from "./page";
import { decidingDirective, type FetchDirective, parsePolicies, policyLine } from "./policy";
import { policyCodes } from "./policy-rules";

const fetchDirectives: Record<string, FetchDirective | undefined> = {
  "script-src-elem": "script-src",
  "script-src": "script-src",
  "connect-src": "connect-src",
  "frame-src": "frame-src",
  "child-src": "frame-src",
  "style-src-elem": "style-src",
  "style-src-attr": "style-src",
  "style-src": "style-src",
};

const toOrigin = (address: string) => (URL.canParse(address) ? new URL(address).origin : "");

/** A violation that affects embedding; undefined for the page's other violations. */
export function findingForViolation(
  event: SecurityPolicyViolationEvent,
  { portal, elementsOrigin, scriptHost, heroApi }: CheckerConfig,
): Finding | undefined {
  const fetchDirective = fetchDirectives[event.effectiveDirective];
  const isInline = event.blockedURI === "inline";
  const origin = toOrigin(isInline ? event.sourceFile : event.blockedURI);
  if (!fetchDirective || ![portal, elementsOrigin, scriptHost, heroApi].includes(origin)) {
    return undefined;
  }
  const [policy] = parsePolicies(event.originalPolicy);
  const directive = policy && decidingDirective(policy, fetchDirective);
  const isEnforced = event.disposition === "enforce";
  return {
    code: policyCodes[fetchDirective],
    severity: isEnforced ? "error" : "warning",
    message: `The content security policy (${event.effectiveDirective}) ${isEnforced ? "blocked" : "would block"} ${isInline ? `a style from ${origin}` : origin}.`,
    fix: policyLine(directive ?? { name: fetchDirective, sources: [] }, fetchDirective, [
      isInline ? "'unsafe-inline'" : origin,
    ]),
  };
}

const fixes: Record<ElementErrorCode, string> = {
  "script-blocked": "Allow Hero's script in script-src, then reload the page.",
  "connect-blocked": "Allow the portal in connect-src.",
  "token-refused": "Create a new session for every page you send: POST /api/v1/element-sessions.",
  "origin-refused": "Add the page's origin to the placement in the portal.",
  "placement-off": "Turn the placement on in the portal.",
  "practice-refused": "Add the practice to the placement, and connect it in the portal.",
  "rate-limited": "Wait a minute, then create only one session per page.",
  "hero-unavailable": "Check the practice's connection in the portal, then try again.",
  offline: "Check the network between this browser and the portal.",
};

/** For a code in a `hero:error` event. Any script on the page can dispatch one. */
export const findingForErrorCode = (code: unknown): Finding | undefined =>
  typeof code === "string" && Object.hasOwn(fixes, code)
    ? {
        code,
        severity: "error",
        message: `The loader reported: ${code}.`,
        fix: fixes[code as ElementErrorCode],
      }
    : undefined;
