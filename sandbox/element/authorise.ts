import { problem } from "../api/problem";
import type { Practice } from "../state/model";
import { verifyToken, type TokenClaims } from "../state/tokens";
import type { SandboxState } from "../state/sandbox-state";

export interface ElementCaller {
  practice: Practice;
  partner: TokenClaims["partner"];
}

/** Checks an element's token: signed here, not expired, and for the practice it names. */
export function authoriseElement(sandbox: SandboxState, headers: Headers): ElementCaller {
  const [, token] = /^Bearer (\S+)$/.exec(headers.get("authorization") ?? "") ?? [];
  const claims = token ? verifyToken(token, sandbox.clock.nowMs()) : "forged";
  if (claims === "forged") throw problem(401, "This token is not valid");
  if (claims === "expired") throw problem(401, "This token has expired");
  const practice = sandbox.findPractice(headers.get("x-tenant-id") ?? "");
  if (!practice || practice.practiceGroupId !== claims.practice_group_id) {
    throw problem(403, "This token is for another practice");
  }
  return { practice, partner: claims.partner };
}
