import "server-only";
import { z } from "zod";
import type { AppointmentType, Capabilities, Location, Practitioner } from "./generated";
import { heroId } from "./ids";
import { type HeroConnection, request } from "./request";

/** Hero's lists are `{ data, count }`. The meaning of `count` is not documented, so it is ignored. IDs may be numbers (assumption 42). */
const listOf = <Item>(item: z.ZodType<Item>) =>
  z.object({ data: z.array(item) }).transform((reply) => reply.data);

// The contract has an open object here: `id` and `name` are certain, the rest is optional.
const practiceGroup = z.object({
  id: heroId,
  name: z.string().min(1).max(500),
  sector: z.string().nullish(),
});

export type PracticeGroup = z.infer<typeof practiceGroup>;

/** `GET /v1/me`: the practice of the key and practice group ID; the check of the pair. */
export function getPracticeGroup(hero: HeroConnection): Promise<PracticeGroup> {
  const operation = { name: "getPracticeGroupById", method: "GET", path: "/v1/me" } as const;
  return request(hero, operation, {}, practiceGroup);
}

/** `GET /v1/me/capabilities`: names. Only `sms_messaging` is documented, so any name is accepted. */
export async function getCapabilities(hero: HeroConnection): Promise<string[]> {
  const schema: z.ZodType<Pick<Capabilities, "capabilities">> = z.object({
    capabilities: z.array(z.string().max(100)).max(500),
  });
  const operation = {
    name: "getCapabilities",
    method: "GET",
    path: "/v1/me/capabilities",
  } as const;
  return (await request(hero, operation, {}, schema)).capabilities;
}

/** `GET /v1/me/elements`. The content of an assignment is not documented. */
export function listElements(hero: HeroConnection): Promise<unknown[]> {
  const operation = { name: "listElements", method: "GET", path: "/v1/me/elements" } as const;
  return request(hero, operation, {}, listOf(z.unknown()));
}

/** `GET /v1/appointment_types`. `duration` is assumed to be minutes, as in the contract. */
export function listAppointmentTypes(hero: HeroConnection) {
  const schema: z.ZodType<Pick<AppointmentType, "id" | "name" | "duration" | "slot_count">> =
    z.object({ id: heroId, name: z.string(), duration: z.number(), slot_count: z.number() });
  const operation = {
    name: "listAppointmentTypes",
    method: "GET",
    path: "/v1/appointment_types",
  } as const;
  return request(hero, operation, {}, listOf(schema));
}

/** `GET /v1/locations`: where the practice can be booked online. Its fields are assumption 44. */
export function listLocations(hero: HeroConnection) {
  const schema: z.ZodType<Pick<Location, "id" | "name">> = z.object({
    id: heroId,
    name: z.string(),
  });
  const operation = { name: "listLocations", method: "GET", path: "/v1/locations" } as const;
  return request(hero, operation, {}, listOf(schema));
}

/** `GET /v1/practitioners`. */
export function listPractitioners(hero: HeroConnection) {
  const schema: z.ZodType<Pick<Practitioner, "id" | "title" | "first_name" | "last_name">> =
    z.object({
      id: heroId,
      title: z.string().nullish(),
      first_name: z.string().nullish(),
      last_name: z.string().nullish(),
    });
  const operation = {
    name: "listPractitioners",
    method: "GET",
    path: "/v1/practitioners",
  } as const;
  return request(hero, operation, {}, listOf(schema));
}
