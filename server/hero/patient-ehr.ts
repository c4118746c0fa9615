import "server-only";
import { z } from "zod";
import { heroId } from "./ids";
import { personFields } from "./patients";
import { type HeroConnection, request } from "./request";

const text = z.string().max(1000).nullish();

const candidate = z.object({
  ...personFields,
  deceased_at: text,
  /** Only `false` says that the record is not restricted. */
  restricted: z.boolean().nullish(),
  line_1: text,
  line_2: text,
  line_3: text,
  /** The Hero patient that is connected to this record, when there is one. */
  hero_id: heroId.nullish(),
  hero_uid: text,
});

export type HeroEhrCandidate = z.infer<typeof candidate>;

/**
 * `GET /v1/patients/{id}/ehr/candidates`: records of the clinical system that may be the same person, in
 * Hero's order. One without `ehr_partner_id` cannot be connected. `isComplete` is false when Hero counts
 * more than it sent (assumption 11).
 */
export function listEhrCandidates(
  hero: HeroConnection,
  patientId: string,
): Promise<{ candidates: HeroEhrCandidate[]; isComplete: boolean }> {
  const operation = {
    name: "listPatientEhrCandidates",
    method: "GET",
    path: "/v1/patients/{id}/ehr/candidates",
  } as const;
  const reply = z
    .object({ data: z.array(candidate), count: z.number().nullish() })
    .transform(({ data, count }) => ({
      candidates: data,
      isComplete: (count ?? 0) <= data.length,
    }));
  return request(hero, operation, { path: { id: patientId } }, reply);
}

/**
 * `POST /v1/patients/{id}/ehr/connect`. The reply is not documented and not read (assumption 56): the
 * patient's `ehr_partner_id` shows whether it was done, perhaps later.
 */
export function connectEhr(
  hero: HeroConnection,
  patientId: string,
  ehrPartnerId: string,
): Promise<void> {
  const operation = {
    name: "connectPatientEhr",
    method: "POST",
    path: "/v1/patients/{id}/ehr/connect",
  } as const;
  const body = { ehr_partner_id: ehrPartnerId };
  return request(hero, operation, { path: { id: patientId }, body }, "unread");
}
