import "server-only";
import { z } from "zod";
import { HeroError } from "./errors";
import { heroId } from "./ids";
import { type HeroConnection, request } from "./request";
import { timestamp } from "./timestamp";

const maybeId = heroId.nullish().catch(null);

/** Which form, link and patient it belongs to, and when. Hero does not document the answers: they are not read. */
const formResponse = z.object({
  id: heroId,
  practice_group_id: heroId.nullish(),
  short_link_id: maybeId,
  form_id: maybeId,
  /** The patient, under an older name (inferred). */
  client_id: maybeId,
  created_at: timestamp.nullish().catch(null),
  /** Hero's own text; null when nothing failed, or Hero does not say. */
  write_to_record_error: z.string().trim().max(1000).nullish().catch(null),
});

export type HeroFormResponse = z.infer<typeof formResponse>;

/** `GET /v1/form_response/{id}`. IDs are numbers here. A reply with another ID or practice is not believed. */
export async function getFormResponse(hero: HeroConnection, id: string): Promise<HeroFormResponse> {
  const operation = {
    name: "getFormResponse",
    method: "GET",
    path: "/v1/form_response/{id}",
  } as const;
  const found = await request(hero, operation, { path: { id } }, formResponse);
  const isOfOtherPractice =
    found.practice_group_id && found.practice_group_id !== hero.practiceGroupId;
  if (found.id !== id || isOfOtherPractice) {
    throw new HeroError("unreadable_reply", operation.name);
  }
  return found;
}
