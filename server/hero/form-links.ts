import "server-only";
import type { FormLinkRequest } from "./generated";
import { type HeroConnection, request } from "./request";
import { type HeroCreatedLink, createdLink } from "./created-link";

/**
 * `POST /v1/form_links`. Hero documents only that the operation exists: path, body and reply are
 * inferred (assumption 17), so a 403 or 404 may mean that the guess is wrong. `expiry_date` is
 * `YYYY-MM-DD`. After an error whose `writeOutcome` is `"unknown"` a link may exist.
 */
export function requestFormLink(
  hero: HeroConnection,
  body: FormLinkRequest,
): Promise<HeroCreatedLink> {
  const operation = { name: "createFormLink", method: "POST", path: "/v1/form_links" } as const;
  return request(hero, operation, { body }, createdLink(hero.environment));
}
