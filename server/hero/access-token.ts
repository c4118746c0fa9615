import "server-only";
import { z } from "zod";
import { type HeroConnection, request } from "./request";

/**
 * `POST /v1/access_token`: a token for Elements, valid for 30 minutes. It gives access to the whole
 * practice, so it goes only to the page that requested it and is not stored. Never retried.
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

/** The only lifetime that Hero documents (assumption 33). */
export const accessTokenMinutes = 30;
