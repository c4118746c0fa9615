import "server-only";
import { z } from "zod";
import type { BookingLinkRequest, BookingLinkUpdate } from "./generated";
import { HeroError } from "./errors";
import { heroId } from "./ids";
import { type HeroConnection, request } from "./request";
import { type HeroCreatedLink, createdLink } from "./created-link";

/**
 * `POST /v1/booking_links`. Hero has no idempotency key: after an error whose `writeOutcome` is
 * `"unknown"` a link may exist, and a second request could create another (assumption 5). Dates are
 * `YYYY-MM-DD`.
 */
export function requestBookingLink(
  hero: HeroConnection,
  body: BookingLinkRequest,
): Promise<HeroCreatedLink> {
  const operation = {
    name: "createBookingLink",
    method: "POST",
    path: "/v1/booking_links",
  } as const;
  return request(hero, operation, { body }, createdLink(hero.environment));
}

/** Within the range of the ledger's columns. */
const count = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31 - 1);

const bookingLink = z.object({
  id: heroId,
  practice_group_id: heroId.nullish(),
  short_link: z.string().nullish(),
  active: z.boolean().nullish(),
  expiry_date: z.string().nullish(),
  maximum_uses: count.nullish(),
  unlimited_use: z.boolean().nullish(),
  number_of_uses: count.nullish(),
  open_count: count.nullish(),
  meta: z
    .object({
      appointment_type_id: z.array(heroId).nullish(),
      location_id: z.array(heroId).nullish(),
      practitioner_id: z.array(heroId).nullish(),
    })
    .nullish()
    .catch(null),
});

export type HeroBookingLink = z.infer<typeof bookingLink>;

/**
 * `GET /v1/booking_links/{id}`: uses, opens and state as Hero counts them. A reply with another ID is
 * about another link and says nothing of this one.
 */
export async function getBookingLink(hero: HeroConnection, id: string): Promise<HeroBookingLink> {
  const operation = {
    name: "getBookingLink",
    method: "GET",
    path: "/v1/booking_links/{id}",
  } as const;
  const heroLink = await request(hero, operation, { path: { id } }, bookingLink);
  if (heroLink.id !== id) throw new HeroError("unreadable_reply", operation.name);
  return heroLink;
}

/** `PATCH /v1/booking_links/{id}`. The reply's body is not documented and not read (assumption 40). */
export function updateBookingLink(
  hero: HeroConnection,
  id: string,
  body: BookingLinkUpdate,
): Promise<void> {
  const operation = {
    name: "updateBookingLink",
    method: "PATCH",
    path: "/v1/booking_links/{id}",
  } as const;
  return request(hero, operation, { path: { id }, body }, "unread");
}

const shortLink = z.object({
  id: heroId,
  short_link: z.string().nullish(),
  type: z.string().nullish(),
  expiry_date: z.string().nullish(),
});

export type HeroShortLink = z.infer<typeof shortLink>;

/**
 * `GET /v1/short_links`: one page of the practice's links of every kind; pages count from 0 (assumption 11).
 * What Hero's `count` means is not documented.
 */
export function listShortLinks(
  hero: HeroConnection,
  page: { index: number; size: number; isGenericOnly: boolean },
): Promise<{ data: HeroShortLink[]; count?: number | null | undefined }> {
  const operation = { name: "listShortLinks", method: "GET", path: "/v1/short_links" } as const;
  const query = {
    page_index: String(page.index),
    page_size: String(page.size),
    ...(page.isGenericOnly && { exclude_patient_specific_links: true }),
  };
  return request(
    hero,
    operation,
    { query },
    z.object({ data: z.array(shortLink), count: z.number().nullish() }),
  );
}

/** `GET /v2/bookinglinks`: the practice's links. Paging is not documented; one page is read (assumption 36). */
export function listBookingLinks(hero: HeroConnection): Promise<HeroBookingLink[]> {
  const operation = { name: "listBookingLinks", method: "GET", path: "/v2/bookinglinks" } as const;
  return request(
    hero,
    operation,
    {},
    z.object({ data: z.array(bookingLink) }).transform((reply) => reply.data),
  );
}
