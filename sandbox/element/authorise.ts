import { problem } from "../api/problem";
import type { Practice } from "../state/model";
import { readToken, type TokenClaims } from "../state/tokens";
import type { World } from "../state/world";

export interface ElementCaller {
  practice: Practice;
  partner: TokenClaims["partner"];
}

/** For whom an element speaks: its token must be ours, not at its end, and for the practice that it names. */
export function authorise(world: World, headers: Headers): ElementCaller {
  const [, token] = /^Bearer (\S+)$/.exec(headers.get("authorization") ?? "") ?? [];
  const said = token ? readToken(token, world.clock.nowMs()) : "forged";
  if (said === "forged") throw problem(401, "This token is not valid");
  if (said === "ended") throw problem(401, "This session has ended");
  const practice = world.findPractice(headers.get("x-tenant-id") ?? "");
  if (!practice || practice.groupId !== said.practice_group_id) {
    throw problem(403, "This token is for another practice");
  }
  return { practice, partner: said.partner };
}
