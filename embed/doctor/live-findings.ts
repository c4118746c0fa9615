import type { ElementErrorCode } from "@/server/schemas/element-reports";
import type { DoctorFacts, Finding } from "./page";
import { decidingDirective, type Fetching, lineFor, parsePolicies } from "./policy";
import { policyCodes } from "./policy-rules";

const fetchings: Record<string, Fetching | undefined> = {
  "script-src-elem": "script-src",
  "script-src": "script-src",
  "connect-src": "connect-src",
  "frame-src": "frame-src",
  "child-src": "frame-src",
  "style-src-elem": "style-src",
  "style-src-attr": "style-src",
  "style-src": "style-src",
};

const originOf = (address: string) => (URL.canParse(address) ? new URL(address).origin : "");

/** What the browser blocked, or would, of all that embedding needs; undefined for the page's own affairs. */
export function findingOf(
  event: SecurityPolicyViolationEvent,
  { portal, elementsOrigin, scriptHost, heroApi }: DoctorFacts,
): Finding | undefined {
  const fetching = fetchings[event.effectiveDirective];
  const isInline = event.blockedURI === "inline";
  const origin = originOf(isInline ? event.sourceFile : event.blockedURI);
  if (!fetching || ![portal, elementsOrigin, scriptHost, heroApi].includes(origin)) {
    return undefined;
  }
  const added = isInline ? "'unsafe-inline'" : origin;
  const [policy] = parsePolicies(event.originalPolicy);
  const directive = policy && decidingDirective(policy, fetching);
  const isEnforced = event.disposition === "enforce";
  return {
    code: policyCodes[fetching],
    severity: isEnforced ? "fault" : "warning",
    says: `The browser ${isEnforced ? "blocked" : "would block"} ${isInline ? `a style of ${origin}` : origin} by the content security policy (${event.effectiveDirective}).`,
    line: lineFor(directive ?? { name: fetching, sources: [] }, fetching, [added]),
  };
}

/** What to do about each of the loader's words. */
const remedies: Record<ElementErrorCode, string> = {
  "script-blocked": "Allow Hero's script in script-src, and load the page anew.",
  "connect-blocked": "Allow the portal in connect-src.",
  "token-refused": "Open a session for every page you send: POST /api/v1/element-sessions.",
  "origin-refused": "Put the page's origin on the placement's list in the portal.",
  "placement-off": "Switch the placement on in the portal.",
  "practice-refused": "Put the practice on the placement's list, and connect it in the portal.",
  "rate-limited": "Wait a minute; then open one session a page.",
  "hero-unavailable": "Look at the practice's connection in the portal, and try again.",
  offline: "Look at the network between this browser and the portal.",
};

/** What the loader told of itself. Anything on the page can tell the same. */
export const findingOfTrouble = (code: unknown): Finding | undefined =>
  typeof code === "string" && Object.hasOwn(remedies, code)
    ? {
        code,
        severity: "fault",
        says: `The loader says: ${code}.`,
        line: remedies[code as ElementErrorCode],
      }
    : undefined;
