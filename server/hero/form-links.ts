import "server-only";
import type { FormLinkRequest } from "./generated";
import { type HeroConnection, request } from "./request";
import { type CreatedLink, createdLink } from "./web-url";

/**
 * `POST /v1/form_links`. Hero documents only that the operation exists: path, body and reply are
 * inferred (guide §14, 17), so a 403 or 404 may mean that the guess is wrong. As with booking links, an
 * error whose `writeOutcome` is `"unknown"` may have made one. `expiry_date` is `YYYY-MM-DD`.
 */
export function createFormLink(hero: HeroConnection, body: FormLinkRequest): Promise<CreatedLink> {
  const operation = { name: "createFormLink", method: "POST", path: "/v1/form_links" } as const;
  return request(hero, operation, { body }, createdLink);
}
