import "server-only";
import { z } from "zod";
import { type HeroConnection, request } from "./request";

/** Of both sets of values only `unused` and `booking` are documented (assumption 19). */
const linkStatus = z.object({
  status: z.string().max(100),
  type: z.string().max(100).nullish(),
});

export type HeroLinkStatus = z.infer<typeof linkStatus>;

/** `GET /v1/links/status`: any kind of link, by its address or Hero's ID. */
export function getLinkStatus(
  hero: HeroConnection,
  link: { readonly url: string } | { readonly id: string },
): Promise<HeroLinkStatus> {
  const operation = { name: "getLinkStatus", method: "GET", path: "/v1/links/status" } as const;
  return request(hero, operation, { query: link }, linkStatus);
}
