import "server-only";
import { z } from "zod";
import type { FormLinkRequest } from "./generated";
import { type HeroAccess, request } from "./request";
import { type CreatedLink, createdLink } from "./web-address";

/**
 * `POST /v1/form_links`. Hero documents only that the operation exists: path, body and reply are
 * inferred (guide §14, 17), so a 403 or 404 may mean that the guess is wrong. As with booking links, an
 * error whose `isDone` is `"unknown"` may have made one. `expiry_date` is `YYYY-MM-DD`.
 */
export function createFormLink(hero: HeroAccess, body: FormLinkRequest): Promise<CreatedLink> {
  const operation = { name: "createFormLink", method: "POST", path: "/v1/form_links" } as const;
  return request(hero, operation, { body }, createdLink);
}

/** Open sets, of which only `unused` and `booking` are documented (guide §14, 19). */
const linkStatus = z.object({
  status: z.string().max(100),
  type: z.string().max(100).nullish(),
});

export type HeroLinkStatus = z.infer<typeof linkStatus>;

/** `GET /v1/links/status`: any kind of link, by the address people share or by Hero's id. */
export function getLinkStatus(
  hero: HeroAccess,
  link: { readonly url: string } | { readonly id: string },
): Promise<HeroLinkStatus> {
  const operation = { name: "getLinkStatus", method: "GET", path: "/v1/links/status" } as const;
  return request(hero, operation, { query: link }, linkStatus);
}
