import "server-only";
import { z } from "zod";
import { HeroError } from "./errors";
import type { Address, AppointmentType, Capabilities, Location, Practitioner } from "./generated";
import { heroId } from "./ids";
import { type HeroConnection, request } from "./request";

/** Hero's lists are `{ data, count }`. The meaning of `count` is not documented, so it is ignored. IDs may be numbers (assumption 42). */
const listOf = <Item>(item: z.ZodType<Item>) =>
  z.object({ data: z.array(item) }).transform((reply) => reply.data);

const addressLine = z.string().max(500).nullish();

// The contract has an open object here: `id` and `name` are certain, the rest is optional.
const practiceGroup = z.object({
  id: heroId,
  name: z.string().min(1).max(500),
  sector: z.string().nullish(),
  address: z
    .object({
      line_1: addressLine,
      line_2: addressLine,
      line_3: addressLine,
      town: addressLine,
      county: addressLine,
      postcode: addressLine,
    })
    .nullish()
    .catch(null),
});

export type PracticeGroup = z.infer<typeof practiceGroup>;

/** `GET /v1/me`: the practice of the key and practice group ID; the check of the pair. */
export function getPracticeGroup(hero: HeroConnection): Promise<PracticeGroup> {
  const operation = { name: "getPracticeGroupById", method: "GET", path: "/v1/me" } as const;
  return request(hero, operation, {}, practiceGroup);
}

/**
 * The only fields of a practice that the portal may change. The body that Hero documents has others, such
 * as the password of a prescription partner; none of them is ever sent.
 */
export type PracticeDetailsChange = {
  name?: string;
  address?: Pick<Address, "line_1" | "line_2" | "line_3" | "town" | "county" | "postcode">;
};

/**
 * `PATCH /v1/me`. The reply's body is not documented and not read, nor is it known whether an address
 * replaces the earlier one as a whole: send all of it, and read the practice again (assumption 52).
 */
export function updatePracticeGroup(
  hero: HeroConnection,
  { name, address }: PracticeDetailsChange,
): Promise<void> {
  const operation = { name: "updatePracticeGroup", method: "PATCH", path: "/v1/me" } as const;
  // Field by field: a value of a wider type must not carry anything else to Hero.
  const body = {
    name,
    address: address && {
      line_1: address.line_1,
      line_2: address.line_2,
      line_3: address.line_3,
      town: address.town,
      county: address.county,
      postcode: address.postcode,
    },
  };
  return request(hero, operation, { body }, "unread");
}

/** One setting of a practice: the names that lead to it, such as `booking`, `hold_minutes`. */
export type PracticeSetting = { path: string[]; value: string | number | boolean | null };

const secretName = /pass|secret|token|key|credential|auth/i;
const maxSettings = 500;

/** The settings in a value, without anything that has the name of a secret. */
function settingsIn(value: unknown, path: string[]): PracticeSetting[] {
  if (path.some((name) => secretName.test(name))) return [];
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([name, item]) => settingsIn(item, [...path, name]));
  }
  return value === null || ["string", "number", "boolean"].includes(typeof value)
    ? [{ path, value: value as PracticeSetting["value"] }]
    : [];
}

/**
 * `GET /v1/me/configuration`: the practice's settings in Hero, in Hero's order. Its content is not
 * documented (assumption 51); lists count from 0.
 */
export function getConfiguration(hero: HeroConnection): Promise<PracticeSetting[]> {
  const operation = {
    name: "getConfiguration",
    method: "GET",
    path: "/v1/me/configuration",
  } as const;
  const reply = z
    .record(z.string(), z.unknown())
    .transform((settings) => settingsIn(settings, []).slice(0, maxSettings));
  return request(hero, operation, {}, reply);
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

const practitioner: z.ZodType<Pick<Practitioner, "id" | "title" | "first_name" | "last_name">> =
  z.object({
    id: heroId,
    title: z.string().nullish(),
    first_name: z.string().nullish(),
    last_name: z.string().nullish(),
  });

/** `GET /v1/practitioners`. */
export function listPractitioners(hero: HeroConnection) {
  const operation = {
    name: "listPractitioners",
    method: "GET",
    path: "/v1/practitioners",
  } as const;
  return request(hero, operation, {}, listOf(practitioner));
}

/** `GET /v1/practitioners/{id}`. Its fields are assumption 44. */
export async function getPractitioner(hero: HeroConnection, id: string) {
  const operation = {
    name: "getPractitioner",
    method: "GET",
    path: "/v1/practitioners/{id}",
  } as const;
  const found = await request(hero, operation, { path: { id } }, practitioner);
  if (found.id !== id) throw new HeroError("unreadable_reply", operation.name);
  return found;
}
