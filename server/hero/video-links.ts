import "server-only";
import type { VideoLinkRequest } from "./generated";
import { type HeroConnection, request } from "./request";
import { type HeroCreatedLink, createdLink } from "./created-link";

/**
 * `POST /v1/video_links`. Hero documents only the path: body and reply are inferred (assumption 18), so a
 * 403 or 404 may mean that the guess is wrong. `expiry_date` is `YYYY-MM-DD`, and Hero may ignore it. After
 * an error whose `writeOutcome` is `"unknown"` a link may exist.
 */
export function requestVideoLink(
  hero: HeroConnection,
  body: VideoLinkRequest & { patient_id: string; expiry_date: string },
): Promise<HeroCreatedLink> {
  const operation = { name: "createVideoLink", method: "POST", path: "/v1/video_links" } as const;
  return request(hero, operation, { body }, createdLink(hero.environment));
}
