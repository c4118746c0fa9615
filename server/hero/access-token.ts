import "server-only";
import { z } from "zod";
import { type HeroConnection, request } from "./request";

/**
 * `POST /v1/access_token`: a token for Elements, good for 30 minutes. It opens the whole practice: it goes
 * to the one page that asked and is kept nowhere. Never asked for again by itself (`createAccessToken`).
 */
export function createAccessToken(hero: HeroConnection): Promise<string> {
  const operation = {
    name: "createAccessToken",
    method: "POST",
    path: "/v1/access_token",
  } as const;
  const reply = z
    .object({ access_token: z.string().min(1).max(8_000) })
    .transform((reply) => reply.access_token);
  return request(hero, operation, {}, reply);
}

/** Hero states no more of a token's life than this. */
export const accessTokenMinutes = 30;
