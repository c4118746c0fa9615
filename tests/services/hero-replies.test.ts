import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { ConflictError } from "@/server/errors";
import { HeroError } from "@/server/hero/errors";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { resolveLinkInput } from "@/server/schemas/links/inputs";
import type { LinkView } from "@/server/schemas/links/view";
import { listLinkAppointments } from "@/server/services/links/appointments";
import { createBookingLink } from "@/server/services/links/create";
import { getLink, listLinks } from "@/server/services/links/read";
import { reconcileLink } from "@/server/services/links/reconcile-unknown";
import { recordLinkResult } from "@/server/services/links/record-result";
import { refreshLink, resolveLinksOfPractice } from "@/server/services/links/refresh";
import { resolveLink } from "@/server/services/links/resolve-unknown";
import { closeLink, updateLink } from "@/server/services/links/update";
import { updateLinks } from "@/server/services/links/update-many";
import { loadPracticeWithKey } from "@/server/services/practices/load-with-key";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { getSandboxPractice, injectFault, listHeroCalls } from "../support/hero";
import { createTenantPair, firstBookingChoice } from "../support/tenants";

const superuser = connectAsSuperuser();
const today = ukDateOf(new Date());
const practiceGroupId = "30182";

let ctx: TenantContext;
let otherCtx: TenantContext;
let practiceId: string;
let otherPracticeId: string;
let apiKey: string;
let otherApiKey: string;
let choice: { appointmentTypeId: string; locationId: string };

beforeAll(async () => {
  const tenants = await createTenantPair();
  const practice = await getSandboxPractice(practiceGroupId, "a");
  const otherPractice = await getSandboxPractice(practiceGroupId, "b");
  ({ apiKey } = practice);
  otherApiKey = otherPractice.apiKey;
  practiceId = (await tenants.first.connect(practice)).id;
  otherPracticeId = (await tenants.second.connect(otherPractice)).id;
  ctx = await tenants.first.asOwner();
  otherCtx = await tenants.second.asOwner();
  choice = await firstBookingChoice(ctx, practiceId);
});

const createTestLink = (overrides: Record<string, unknown> = {}, owner = ctx): Promise<LinkView> =>
  createBookingLink(owner, {
    operationId: randomUUID(),
    practiceId: owner === ctx ? practiceId : otherPracticeId,
    ...choice,
    expiresOn: addDays(today, 7),
    maxUses: 3,
    ...overrides,
  } as Parameters<typeof createBookingLink>[1]);

/** The next reply to an operation. */
const reply = (operation: string, body: unknown, key = apiKey) =>
  injectFault({ operation, key, status: 200, body: JSON.stringify(body) });

const heroIdOf = async (link: LinkView) => {
  const [row] = await superuser<{ hero_link_id: string }[]>`
    select hero_link_id from links where id = ${link.id}`;
  return row?.hero_link_id ?? "";
};

/** What Hero says of a link, as the sandbox does. */
const heroRecord = async (link: LinkView, overrides: Record<string, unknown> = {}) => ({
  id: await heroIdOf(link),
  practice_group_id: practiceGroupId,
  short_link: link.url,
  active: true,
  expiry_date: `${link.expiresOn}T22:59:59.999Z`,
  maximum_uses: link.maxUses,
  unlimited_use: false,
  number_of_uses: 1,
  open_count: 2,
  ...overrides,
});

describe("A2: whose reply it is", () => {
  it("A2: a refresh with the record of another link changes nothing of either", async () => {
    const [link, other] = [await createTestLink(), await createTestLink()];
    const ids = [await heroIdOf(link), await heroIdOf(other)];
    const foreign = [
      await heroRecord(other),
      await heroRecord(link, { id: ids[1] }),
      await heroRecord(link, { id: null }),
      await heroRecord(link, { id: "" }),
      await heroRecord(link, { short_link: other.url }),
      await heroRecord(link, { practice_group_id: "20417" }),
    ];
    for (const body of foreign) {
      await reply("getBookingLink", body);
      await expect(refreshLink(ctx, { linkId: link.id })).rejects.toMatchObject({
        code: "unreadable_reply",
      });
      expect(await getLink(ctx, { linkId: link.id })).toMatchObject({ uses: 0, state: "live" });
      expect([await heroIdOf(link), await heroIdOf(other)]).toEqual(ids);
    }
    await closeLink(ctx, { linkId: link.id });
    expect(await refreshLink(ctx, { linkId: other.id })).toMatchObject({ state: "live" });
  });

  it.each([null, undefined, "", ["7"], {}])(
    "A2: a created link with the ID %j has none, and is found by its address",
    async (id) => {
      const url = `http://localhost:1/s/${randomUUID()}`;
      await reply("createBookingLink", { booking_link: url, id });
      const link = await createTestLink();
      expect(link).toMatchObject({ state: "live", url });
      expect(await heroIdOf(link)).toBeFalsy();
      // Not on Hero's list: nothing is decided.
      await refreshLink(ctx, { linkId: link.id }).catch(() => undefined);
      expect((await getLink(ctx, { linkId: link.id })).state).toBe("live");

      const heroLinkId = `h-${randomUUID()}`;
      const record = { ...(await heroRecord(link)), id: heroLinkId };
      await reply("listBookingLinks", { data: [{ ...record, id: "9", short_link: "x" }, record] });
      await reply("getBookingLink", record);
      await refreshLink(ctx, { linkId: link.id });
      expect(await heroIdOf(link)).toBe(heroLinkId);
    },
  );

  it("A2: a created link with another link's ID or address is unknown", async () => {
    const link = await createTestLink();
    const bodies = [
      { booking_link: link.url, id: randomUUID() },
      { booking_link: `http://localhost:1/s/${randomUUID()}`, id: await heroIdOf(link) },
    ];
    for (const body of bodies) {
      await reply("createBookingLink", body);
      expect(await createTestLink()).toMatchObject({ state: "unknown", url: null });
    }
    // Another organisation's links are its own.
    await reply("createBookingLink", bodies[1], otherApiKey);
    expect(await createTestLink({}, otherCtx)).toMatchObject({ state: "live" });
  });
});

const untrustedUrls = [
  "https://www.harbourroad.example/",
  "https://evil.example/phish",
  "http://hero.example/s/abc",
  "ftp://hero.example/s/abc",
  "https://hero.example.evil.example/s/abc",
  "https://hero.example@evil.example/s/abc",
  "https://hero.example:8443/s/abc",
  "https://hero.example\\@evil.example/s/abc",
  "https://hero.example/s/a\u200bbc",
  "https://hero.example/s/\u202ecba",
  "https://hero.examp\u00ade/s/abc",
  "https://hero.example/s/a b",
  "javascript:alert(1)//hero.example",
  "//hero.example/s/abc",
  "https://hero.example/",
  "https://name@hero.example/s/abc",
];

describe("A4: addresses for patients", () => {
  it.each(untrustedUrls)("A4: %j in a reply or by hand is not a link's address", async (url) => {
    await reply("createBookingLink", { booking_link: url, id: randomUUID(), website: url });
    const link = await createTestLink();
    expect(link).toMatchObject({ state: "unknown", url: null });
    const parsed = resolveLinkInput.safeParse({ linkId: link.id, url });
    if (parsed.success) {
      await expect(resolveLink(ctx, parsed.data)).rejects.toMatchObject({ field: "url" });
    }
    expect(await getLink(ctx, { linkId: link.id })).toMatchObject({ state: "unknown" });
  });

  it("A4: an address of the practice beside the link's is not taken for it", async () => {
    const url = `https://hero.example/s/${randomUUID()}`;
    await reply("createBookingLink", { url: "https://www.harbourroad.example/", patient_url: url });
    expect(await createTestLink()).toMatchObject({ state: "live", url });
  });
});

describe("A5: a change is read back", () => {
  it("A5: a change that Hero accepted and did not make is not shown", async () => {
    const link = await createTestLink();
    const change = { linkId: link.id, expiresOn: addDays(today, 20), maxUses: 9, name: "New" };
    const ignore = () => reply("updateBookingLink", { id: "1" });
    await ignore();
    await expect(closeLink(ctx, { linkId: link.id })).rejects.toMatchObject({
      code: "change-refused",
    });
    await ignore();
    await expect(updateLink(ctx, change)).rejects.toMatchObject({ code: "change-refused" });
    await ignore();
    const [result] = await updateLinks(ctx, {
      changes: [{ linkId: link.id, expiresOn: change.expiresOn }],
    });
    expect(result).toMatchObject({ outcome: "refused" });
    expect(await getLink(ctx, { linkId: link.id })).toMatchObject({
      state: "live",
      expiresOn: link.expiresOn,
      maxUses: link.maxUses,
      reason: expect.stringContaining("did not change the expiry date"),
    });
  });

  it("A5: of a change that Hero made in part, that part is shown", async () => {
    const link = await createTestLink();
    const expiresOn = addDays(today, 20);
    await reply(
      "getBookingLink",
      await heroRecord(link, { expiry_date: `${expiresOn}T22:59:59.999Z` }),
    );
    await expect(updateLink(ctx, { linkId: link.id, expiresOn, maxUses: 9 })).rejects.toMatchObject(
      { code: "change-refused" },
    );
    expect(await getLink(ctx, { linkId: link.id })).toMatchObject({
      expiresOn,
      maxUses: link.maxUses,
      reason: expect.stringContaining("did not change the number of uses"),
    });
  });

  it.each([
    ["cannot be read", undefined],
    ["is of another link", { id: "77", expiry_date: "2020-01-01" }],
  ])("A5: a change is not shown as made when the record %s", async (_, body) => {
    const link = await createTestLink();
    if (body) await reply("getBookingLink", body);
    else await injectFault({ operation: "getBookingLink", key: apiKey, status: 500, times: 3 });
    await expect(closeLink(ctx, { linkId: link.id })).rejects.toMatchObject({
      code: "unreadable_reply",
    });
    expect(await getLink(ctx, { linkId: link.id })).toMatchObject({
      state: "live",
      reason: expect.stringContaining("do not know whether"),
    });
  });

  it("A5: midnight after a date counts as its end only where it proves the change", async () => {
    const link = await createTestLink({ expiresOn: today });
    const midnight = `${today}T00:00:00.000Z`;
    // Hero's record of a link that expires today may look like this before it is closed.
    await reply("getBookingLink", await heroRecord(link, { expiry_date: midnight }));
    await reply("updateBookingLink", {});
    await expect(closeLink(ctx, { linkId: link.id })).rejects.toMatchObject({
      code: "change-refused",
    });
    await reply("getBookingLink", await heroRecord(link, { expiry_date: midnight, active: false }));
    expect(await closeLink(ctx, { linkId: link.id })).toMatchObject({ state: "closed" });
  });
});

describe("A6: readings that contradict the ledger", () => {
  it.each([
    ["another expiry date", { expiry_date: "2031-05-03T00:00:00Z" }, "3 May 2031"],
    ["no expiry date", { expiry_date: null }, "no expiry date"],
    ["an expiry date that is none", { expiry_date: "soon" }, "another expiry date"],
    ["unlimited use", { unlimited_use: true }, "no limit"],
    ["no maximum", { maximum_uses: null }, "no limit"],
    ["a maximum of 0", { maximum_uses: 0 }, "no limit"],
    ["another maximum", { maximum_uses: 40 }, "40 as the number of uses"],
  ])("A6: %s is shown and decides nothing", async (_, overrides, text) => {
    const link = await createTestLink();
    await reply("getBookingLink", await heroRecord(link, { active: false, ...overrides }));
    expect(await refreshLink(ctx, { linkId: link.id })).toMatchObject({
      state: "live",
      uses: 0,
      maxUses: link.maxUses,
      expiresOn: link.expiresOn,
      reason: expect.stringContaining(text),
    });
    expect(await refreshLink(ctx, { linkId: link.id })).toMatchObject({ reason: null });
  });

  it("A6: a link that one reply does not find stays as it is", async () => {
    const link = await createTestLink();
    await injectFault({ operation: "getBookingLink", key: apiKey, status: 404 });
    await expect(refreshLink(ctx, { linkId: link.id })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await getLink(ctx, { linkId: link.id })).toMatchObject({
      state: "live",
      reason: "Hero did not find this link when it was last read. Check it with the practice.",
    });
  });
});

describe("A3: what Hero's list proves of an unknown link", () => {
  let expiryDays = 200;

  /** A link that Hero created and whose reply was lost; or one that Hero did not create. */
  async function createUnknownLink(isAtHero: boolean) {
    expiryDays += 1;
    await injectFault({
      operation: "createBookingLink",
      key: apiKey,
      ...(isAtHero ? { afterWork: true, reset: true } : { status: 500 }),
    });
    const link = await createTestLink({ expiresOn: addDays(today, expiryDays) });
    expect(link.state).toBe("unknown");
    await superuser`update links set requested_at = now() - interval '1 hour' where id = ${link.id}`;
    const heroLink = {
      id: `h-${randomUUID()}`,
      type: "booking",
      short_link: `https://hero.example/s/${randomUUID()}`,
      expiry_date: `${link.expiresOn}T12:00:00Z`,
    };
    const record = {
      ...heroLink,
      maximum_uses: 3,
      meta: { appointment_type_id: [choice.appointmentTypeId], location_id: [choice.locationId] },
    };
    return { link, heroLink, record };
  }

  /** Hero's list in two pages, the second of which is empty. */
  async function replyWithList(data: unknown[], count?: number) {
    await reply("listShortLinks", { data, count });
    if (data.length > 0) await reply("listShortLinks", { data: [], count });
  }

  const reconcile = async ({ id }: LinkView) => {
    await reconcileLink(ctx, { linkId: id }).catch((error: unknown) => {
      expect(error).toBeInstanceOf(ConflictError);
    });
    return getLink(ctx, { linkId: id });
  };

  it("A3: the only link that fits is not taken when another organisation has it", async () => {
    const { link } = await createUnknownLink(false);
    const othersLink = await createTestLink({ expiresOn: link.expiresOn }, otherCtx);
    await expect(reconcileLink(ctx, { linkId: link.id })).rejects.toThrow("may be this one");
    expect(await getLink(ctx, { linkId: link.id })).toMatchObject({ state: "unknown", url: null });
    await expect(
      resolveLink(ctx, { linkId: link.id, url: othersLink.url ?? "" }),
    ).rejects.toMatchObject({ field: "url", message: "Another link has this address." });
    expect(await getLink(otherCtx, { linkId: othersLink.id })).toMatchObject({
      state: "live",
      url: othersLink.url,
    });
  });

  type HeroLink = Awaited<ReturnType<typeof createUnknownLink>>["heroLink"];
  const nextDay = ({ expiry_date }: HeroLink) => addDays(expiry_date.slice(0, 10), 1);
  const bends: [string, (link: HeroLink) => Record<string, unknown>][] = [
    ["another type", () => ({ type: "booking_link" })],
    ["its type in capitals", () => ({ type: "BOOKING" })],
    ["no type", () => ({ type: undefined })],
    ["no expiry date", () => ({ expiry_date: null })],
    ["an unknown expiry date", () => ({ expiry_date: "in a week" })],
    ["its expiry at the next midnight", (link) => ({ expiry_date: `${nextDay(link)}T00:00:00Z` })],
    ["no address", () => ({ short_link: null })],
  ];

  it.each(bends)("A3: a link with %s is not proof that it was not created", async (_, bend) => {
    const { link, heroLink, record } = await createUnknownLink(true);
    await replyWithList([{ ...heroLink, ...bend(heroLink) }]);
    await reply("getBookingLink", record);
    expect(await reconcile(link)).toMatchObject({ state: "unknown", url: null });
  });

  it.each([
    ["no meta", { meta: undefined }],
    ["no appointment type", { meta: {} }],
    ["no maximum", { maximum_uses: null }],
    ["another ID", { id: "9" }],
  ])("A3: a record with %s proves nothing", async (_, overrides) => {
    const { link, heroLink, record } = await createUnknownLink(true);
    await replyWithList([heroLink]);
    await reply("getBookingLink", { ...record, ...overrides });
    expect((await reconcile(link)).state).toBe("unknown");
  });

  it("A3: an incomplete list proves nothing", async () => {
    const { link } = await createUnknownLink(false);
    await replyWithList([], 731);
    expect((await reconcile(link)).state).toBe("unknown");
    // The ledger has live links that an empty list lacks.
    await createTestLink();
    await replyWithList([]);
    expect((await reconcile(link)).state).toBe("unknown");
  });

  it("A3: a complete list in the documented shape proves both", async () => {
    const created = await createUnknownLink(true);
    await replyWithList([created.heroLink], 1);
    await reply("getBookingLink", created.record);
    expect(await reconcile(created.link)).toMatchObject({
      state: "live",
      url: created.heroLink.short_link,
    });
    const absent = await createUnknownLink(false);
    await replyWithList([{ ...created.heroLink, type: "form" }], 1);
    expect((await reconcile(absent.link)).state).toBe("failed");
  });

  it("C4: the worker resolves what Hero's list proves, and leaves the rest", async () => {
    await superuser`update links set outcome = 'failed' where outcome = 'unknown'
      and tenant_id = ${ctx.tenantId}`;
    const [{ link: absent }, { link: atHero }] = [
      await createUnknownLink(false),
      await createUnknownLink(true),
    ];
    const { signal } = new AbortController();
    expect(await resolveLinksOfPractice(ctx, practiceId, signal)).toBe(2);
    expect((await getLink(ctx, { linkId: absent.id })).state).toBe("failed");
    expect((await getLink(ctx, { linkId: atHero.id })).state).toBe("live");
  });

  it("C4: a person says that a link found on Hero's list is not theirs, and nothing is sent", async () => {
    const { link, heroLink, record } = await createUnknownLink(true);
    await replyWithList([heroLink], 1);
    await reply("getBookingLink", record);
    expect((await reconcile(link)).state).toBe("live");
    await superuser`insert into link_appointments
      (tenant_id, environment, practice_id, hero_appointment_id, link_id, state, booked_at, read_at)
      values (${ctx.tenantId}, ${ctx.environment}, ${practiceId}, '88100', ${link.id}, 'booked', now(), now())`;
    const isListedAsBooked = async () =>
      (await listLinks(ctx, { bookedSince: "last_7_days" })).items.some(({ id }) => id === link.id);
    expect(await listLinkAppointments(ctx, { linkId: link.id })).toHaveLength(1);
    expect(await isListedAsBooked()).toBe(true);
    const callCount = (await listHeroCalls(apiKey)).length;
    await expect(
      resolveLink(ctx, { linkId: link.id, url: `${heroLink.short_link}-2` }),
    ).rejects.toThrow("Only a link with unknown status");
    expect(await resolveLink(ctx, { linkId: link.id })).toMatchObject({
      state: "failed",
      url: null,
      reason: "The link found on Hero's list is not this one. This link was not created.",
    });
    expect(await heroIdOf(link)).toBeFalsy();
    expect(await listLinkAppointments(ctx, { linkId: link.id })).toEqual([]);
    expect(await isListedAsBooked()).toBe(false);
    expect(await listHeroCalls(apiKey)).toHaveLength(callCount);
    // Once only, and never for a link whose reply arrived.
    for (const { id } of [link, await createTestLink()]) {
      await expect(resolveLink(ctx, { linkId: id })).rejects.toThrow("unknown status");
    }
  });

  it("C4: a process that was suspended does not undo the resolution of its link", async () => {
    const { link, heroLink } = await createUnknownLink(false);
    await superuser`update links set outcome = 'pending' where id = ${link.id}`;
    await resolveLink(ctx, { linkId: link.id, url: heroLink.short_link });
    const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
    const error = new HeroError("timed_out", "createBookingLink");
    const reservation = { linkId: link.id, practice };
    const late = { ok: false, error, records: [] } as const;
    expect(await recordLinkResult(ctx, link.operationId, reservation, late)).toMatchObject({
      state: "live",
      url: heroLink.short_link,
      reason: null,
    });
  });

  it("C4: an unknown link whose reading fails does not keep others back", async () => {
    await superuser`update links set outcome = 'failed' where outcome in ('unknown', 'pending')
      and tenant_id = ${ctx.tenantId}`;
    const first = (await createUnknownLink(false)).link;
    const second = (await createUnknownLink(false)).link;
    // A read is attempted three times after a 500.
    await injectFault({ operation: "listShortLinks", key: apiKey, status: 500, times: 3 });
    const { signal } = new AbortController();
    expect(await resolveLinksOfPractice(ctx, practiceId, signal)).toBe(1);
    expect((await getLink(ctx, { linkId: first.id })).state).toBe("unknown");
    expect((await getLink(ctx, { linkId: second.id })).state).toBe("failed");
  });

  it("C4: the worker resolves links whose process died before it recorded Hero's reply", async () => {
    await superuser`update links set outcome = 'failed' where outcome in ('unknown', 'pending')
      and tenant_id = ${ctx.tenantId}`;
    const [{ link: absent }, { link: atHero }] = [
      await createUnknownLink(false),
      await createUnknownLink(true),
    ];
    await superuser`update links set outcome = 'pending', failure = null, failure_code = null
      where id in (${absent.id}, ${atHero.id})`;
    expect((await getLink(ctx, { linkId: absent.id })).state).toBe("unknown");
    const { signal } = new AbortController();
    expect(await resolveLinksOfPractice(ctx, practiceId, signal)).toBe(2);
    expect((await getLink(ctx, { linkId: absent.id })).state).toBe("failed");
    expect((await getLink(ctx, { linkId: atHero.id })).state).toBe("live");

    // A link whose process may still be waiting for Hero is left alone, and one without proof moves back.
    const { link: recent } = await createUnknownLink(false);
    const { link: unproved } = await createUnknownLink(false);
    await superuser`update links set outcome = 'pending', failure_code = null,
      requested_at = now() - case when id = ${recent.id} then interval '1 s' else interval '1 h' end
      where id in (${recent.id}, ${unproved.id})`;
    await replyWithList([], 731);
    expect(await resolveLinksOfPractice(ctx, practiceId, signal)).toBe(0);
    const rows = await superuser<{ id: string; outcome: string; refreshed_at: Date | null }[]>`
      select id, outcome, refreshed_at from links where id in (${recent.id}, ${unproved.id})`;
    expect(rows.find(({ id }) => id === recent.id)?.refreshed_at).toBeNull();
    expect(rows.find(({ id }) => id === unproved.id)).toMatchObject({
      outcome: "pending",
      refreshed_at: expect.any(Date),
    });
  });
});

describe("A8: a refusal that may have come after the work", () => {
  let expiryDays = 400;
  const input = () => {
    expiryDays += 1;
    return {
      operationId: randomUUID(),
      practiceId,
      ...choice,
      expiresOn: addDays(today, expiryDays),
      maxUses: 3,
    } as Parameters<typeof createBookingLink>[1];
  };
  const refuse = (status: number, isDone: boolean) =>
    injectFault({
      operation: "createBookingLink",
      key: apiKey,
      status,
      retryAfter: 0,
      ...(isDone && { afterWork: true as const }),
    });
  const countCalls = async () => (await listHeroCalls(apiKey, "createBookingLink")).length;

  it.each([429, 401])(
    "A8: a link at Hero that is like one refused with %i may be another partner's and is not taken",
    async (status) => {
      const before = await countCalls();
      const request = input();
      await refuse(status, true);
      await createBookingLink(ctx, request);
      const link = await createBookingLink(ctx, request);
      expect(link).toMatchObject({ state: "unknown", url: null });
      await superuser`update links set requested_at = now() - interval '1 hour' where id = ${link.id}`;
      await expect(reconcileLink(ctx, { linkId: link.id })).rejects.toThrow("may be this one");
      expect(await getLink(ctx, { linkId: link.id })).toMatchObject({
        state: "unknown",
        url: null,
      });
      expect(await countCalls()).toBe(before + 1);
    },
  );

  it("A8: what reading proves not to exist is requested again with the same operation ID", async () => {
    const request = input();
    await refuse(429, false);
    const refused = await createBookingLink(ctx, request);
    expect(refused).toMatchObject({ state: "failed", failureCode: "rate_limited" });
    expect(await createBookingLink(ctx, request)).toMatchObject({ id: refused.id, state: "live" });
  });

  it("A8: nothing is requested again while Hero's list cannot be read, or proves nothing", async () => {
    const before = await countCalls();
    const request = input();
    await refuse(429, true);
    await injectFault({ operation: "listShortLinks", key: apiKey, status: 500, times: 6 });
    expect(await createBookingLink(ctx, request)).toMatchObject({ state: "unknown" });
    expect(await createBookingLink(ctx, request)).toMatchObject({ state: "unknown" });
    await reply("listShortLinks", { data: [], count: 731 });
    expect(await createBookingLink(ctx, request)).toMatchObject({ state: "unknown" });
    expect(await countCalls()).toBe(before + 1);
  });

  it("A8: a change that Hero made before it replied 429 is shown, and one it did not make is not", async () => {
    const link = await createTestLink();
    const change = { linkId: link.id, expiresOn: link.expiresOn, maxUses: 7 };
    const fault = { operation: "updateBookingLink", key: apiKey, status: 429, retryAfter: 0 };
    await injectFault({ ...fault, afterWork: true });
    expect(await updateLink(ctx, change)).toMatchObject({ maxUses: 7, reason: null });
    await injectFault(fault);
    await expect(updateLink(ctx, { ...change, maxUses: 9 })).rejects.toMatchObject({
      code: "rate_limited",
      writeOutcome: "no",
    });
    expect(await getLink(ctx, { linkId: link.id })).toMatchObject({ maxUses: 7, reason: null });
  });
});
