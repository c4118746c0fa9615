import "server-only";
import { z } from "zod";
import { HeroError } from "./errors";
import { heroId } from "./ids";
import { type HeroConnection, request } from "./request";

/** Only which link it came through: a patient's answers are not read. */
const formResponse = z.object({
  id: heroId,
  practice_group_id: heroId.nullish(),
  short_link_id: heroId.nullish().catch(null),
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
