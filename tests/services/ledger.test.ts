import { randomUUID } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { NotFoundError } from "@/server/errors";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { type LinkSort, linkSort, linkState, listLinksInput } from "@/server/schemas/links";
import { changeLinks } from "@/server/services/links/change-many";
import { createLink } from "@/server/services/links/create";
import { listFacets } from "@/server/services/links/facets";
import { listLinkHistory } from "@/server/services/links/history";
import { getLink, listLinks } from "@/server/services/links/read";
import { refreshLinksOfPractice } from "@/server/services/links/refresh";
import { deleteLinkView, listSavedViews, saveLinkView } from "@/server/services/links/saved-views";
import { settleLink } from "@/server/services/links/settle";
import { settleLinkByReading } from "@/server/services/links/settle-by-reading";
import { addTerms, termsOf } from "@/server/services/links/terms";
import { disconnectPractice } from "@/server/services/practices/change";
import { connectPractice } from "@/server/services/practices/connect";
import { getBookingOptions } from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import {
  findPractice,
  injectFault,
  listCalls,
  listHeroLinks,
  listTestPatients,
} from "../support/hero";
import { makeLookAlikes } from "../support/tenants";

const superuser = connectAsSuperuser();
const today = ukDateOf(new Date());
const inDays = (days: number) => addDays(today, days);
const { signal } = new AbortController();

let ours: TenantContext;
let theirs: TenantContext;
let viewer: TenantContext;
let practiceId: string;
let theirPracticeId: string;
let apiKey: string;
let choice: { appointmentTypeId: string; locationId: string };

beforeAll(async () => {
  const tenants = await makeLookAlikes();
  const practice = await findPractice("20690", "a", "nothing");
  ({ apiKey } = practice);
  practiceId = (await tenants.ours.connect(practice)).id;
  theirPracticeId = (await tenants.theirs.connect(await findPractice("20690", "b"))).id;
  ours = await tenants.ours.as();
  theirs = await tenants.theirs.as();
  viewer = await tenants.ours.asRole("viewer");
  const options = await getBookingOptions(ours, { practiceId });
  choice = {
    appointmentTypeId: options.appointmentTypes[0]?.id ?? "",
    locationId: options.locations[0]?.id ?? "",
  };
});

type Row = Partial<typeof links.$inferInsert>;

/** Puts a link straight into the ledger: a state of any kind, without asking Hero. */
async function plant(over: Row = {}, ctx = ours): Promise<string> {
  const id = uuidv7();
  const row = {
    tenantId: ctx.tenantId,
    environment: ctx.environment,
    id,
    operationId: randomUUID(),
    requestHash: "none",
    practiceId: ctx === ours ? practiceId : theirPracticeId,
    outcome: "active" as const,
    appointmentTypeId: "1",
    appointmentTypeName: "Flu clinic",
    locationId: "1",
    locationName: "Main site",
    expiresOn: inDays(10),
    maximumUses: 5,
    url: `https://bookings.example/s/${id}`,
    createdBy: ctx.actor.kind === "person" ? ctx.actor.userId : ctx.tenantId,
    ...over,
  };
  await db.tenant(ctx, async (tx) => {
    await tx.insert(links).values(row);
    await addTerms(tx, ctx, id, termsOf(row));
  });
  return id;
}

const list = (input: Record<string, unknown>, ctx = ours) =>
  listLinks(ctx, listLinksInput.parse(input));
const idsOf = async (input: Record<string, unknown>, ctx = ours) =>
  (await list({ limit: 100, ...input }, ctx)).items.map(({ id }) => id);

const makeReal = (over: Record<string, unknown> = {}) =>
  createLink(ours, {
    operationId: randomUUID(),
    practiceId,
    ...choice,
    expiresOn: inDays(20),
    maximumUses: 3,
    ...over,
  } as Parameters<typeof createLink>[1]);

describe("the states of the ledger", () => {
  it("are the same by filter as by looking at each link", async () => {
    const outcomes = ["active", "pending", "failed", "unknown"] as const;
    const days = [-1, 0, 1, 2, 3, 30];
    for (const outcome of outcomes) {
      for (const day of days) {
        for (const [uses, closed, stopped, isOld] of [
          [0, false, false, false],
          [5, false, false, true],
          [0, true, false, false],
          [5, true, true, true],
          [0, false, true, false],
        ] as const) {
          await plant({
            outcome,
            expiresOn: inDays(day),
            uses,
            tags: ["states"],
            closedAt: closed ? new Date() : null,
            stoppedAt: stopped ? new Date() : null,
            askedAt: new Date(Date.now() - (isOld ? 3_600_000 : 0)),
          });
        }
      }
    }
    const { items } = await list({ tag: "states", limit: 100 });
    const next = await list({ tag: "states", limit: 100, cursor: items.at(-1)?.id });
    const all = [...items, ...next.items];
    expect(all).toHaveLength(120);
    let seen = 0;
    for (const state of linkState.options) {
      const wanted = all.filter((link) => link.state === state).map(({ id }) => id);
      expect(wanted.length, state).toBeGreaterThan(0);
      expect(await idsOf({ tag: "states", state }), state).toEqual(wanted);
      seen += wanted.length;
    }
    expect(seen).toBe(120);
  });
});

describe("finding links", () => {
  it("by whole words and their beginnings, in any case, with and without accents", async () => {
    const one = await plant({ name: "Brechiad ffliw Ysbyty Gŵyr", appointmentTypeName: "Zonal" });
    const other = await plant({ name: "Zonal review", reference: "LETTER-1742" });
    expect(await idsOf({ q: "gwyr" })).toEqual([one]);
    expect(await idsOf({ q: "GŴY" })).toEqual([one]);
    expect(await idsOf({ q: "zonal" })).toEqual([other, one]);
    expect(await idsOf({ q: "review zon" })).toEqual([other]);
    expect(await idsOf({ q: "letter 1742" })).toEqual([other]);
    expect(await idsOf({ q: "nal" })).toEqual([]);
    expect(await idsOf({ q: "%" })).toEqual([]);
    expect(await idsOf({ q: "zonal", state: "closed" })).toEqual([]);
  });

  it("c30: never by what may be a patient's number", () => {
    for (const q of ["9990000018", "999 000 0018", "letter 999-000-0018"]) {
      expect(listLinksInput.safeParse({ q }).success).toBe(false);
    }
    expect(listLinksInput.safeParse({ q: "1234567890" }).success).toBe(true);
  });

  it("by tag, in any case, and not by a word that reads the same", async () => {
    const tagged = await plant({ tags: ["Autumn Drive"] });
    await plant({ name: "autumn drive" });
    expect(await idsOf({ tag: "autumn drive" })).toEqual([tagged]);
    expect((await listFacets(ours)).tags).toContain("autumn drive");
  });

  it("says when more words begin so than were looked at", async () => {
    for (let at = 0; at < 26; at += 1) await plant({ name: `qx${String.fromCharCode(97 + at)}` });
    expect((await list({ q: "qx" })).isCut).toBe(true);
    expect((await list({ q: "qxa" })).isCut).toBe(false);
  });

  it.each(linkSort.options)(
    "page by page, %s, each once and none left out",
    async (sort: LinkSort) => {
      const tag = `pages ${sort}`;
      const planted = new Set<string>();
      for (let at = 0; at < 12; at += 1) {
        planted.add(await plant({ tags: [tag], expiresOn: inDays(5 + (at % 4)), uses: at % 3 }));
      }
      const practice = { practiceId, sort, limit: 5 };
      for (const narrow of [{ tag }, { tag, q: "flu" }]) {
        const found: string[] = [];
        let cursor: string | null | undefined;
        do {
          const page = await list({ ...practice, ...narrow, cursor: cursor ?? undefined });
          found.push(...page.items.map(({ id }) => id));
          cursor = page.nextCursor;
        } while (cursor);
        expect(found).toHaveLength(12);
        expect(new Set(found)).toEqual(planted);
      }
      const { items } = await list({ tag, sort, limit: 100 });
      const by = {
        newest: items
          .map(({ id }) => id)
          .toSorted()
          .reverse(),
        oldest: items.map(({ id }) => id).toSorted(),
        expires_first: items.map(({ expiresOn }) => expiresOn).toSorted(),
        expires_last: items
          .map(({ expiresOn }) => expiresOn)
          .toSorted()
          .reverse(),
        most_used: items.map(({ uses }) => uses).toSorted((one, other) => other - one),
      }[sort];
      const shown = {
        newest: items.map(({ id }) => id),
        oldest: items.map(({ id }) => id),
        expires_first: items.map(({ expiresOn }) => expiresOn),
        expires_last: items.map(({ expiresOn }) => expiresOn),
        most_used: items.map(({ uses }) => uses),
      }[sort];
      expect(shown).toEqual(by);
    },
  );

  it("takes a cursor of another order, or of no day, for some place in the list and no fault", async () => {
    const tag = "odd cursors";
    const id = await plant({ tags: [tag] });
    for (const sort of linkSort.options) {
      for (const cursor of [
        id,
        `2027-02-31_${id}`,
        `2027-01-01_${id}`,
        `999999999_${id}`,
        `-_${id}`,
      ]) {
        for (const narrow of [{}, { tag }, { tag, q: "flu" }, { state: "ends_soon" }]) {
          await expect(list({ sort, cursor, ...narrow })).resolves.toBeDefined();
        }
      }
    }
  });

  it("c1: shows nothing of another tenant, by words, tags, owners or views", async () => {
    await plant({ name: "Onlyours", tags: ["onlyours"] });
    expect(await idsOf({ q: "onlyours" }, theirs)).toEqual([]);
    expect(await idsOf({ tag: "onlyours" }, theirs)).toEqual([]);
    const facets = await listFacets(theirs);
    expect(facets.tags).not.toContain("onlyours");
    expect(facets.owners).toEqual([]);
    const view = await saveLinkView(ours, { name: "Mine", query: "state=live" });
    expect(await listSavedViews(theirs)).toEqual([]);
    expect(await listSavedViews(viewer)).toEqual([]);
    await deleteLinkView(viewer, { viewId: view.id });
    await deleteLinkView(theirs, { viewId: view.id });
    expect(await listSavedViews(ours)).toEqual([view]);
    await saveLinkView(ours, { name: "Mine", query: "state=closed" });
    expect(await listSavedViews(ours)).toMatchObject([{ name: "Mine", query: "state=closed" }]);
    await deleteLinkView(ours, { viewId: view.id });
    expect(await listSavedViews(ours)).toEqual([]);
  });
});

describe("changing several links", () => {
  it("extends, closes and tags, says what came of each, and is undone by what was before", async () => {
    const [one, other] = [await makeReal(), await makeReal()];
    const form = await plant({
      kind: "form",
      formId: "f1",
      formTitle: "Asthma",
      appointmentTypeId: null,
      appointmentTypeName: null,
      locationId: null,
      locationName: null,
    });
    const extended = await changeLinks(ours, {
      changes: [one.id, other.id, form].map((linkId) => ({ linkId, expiresOn: inDays(40) })),
    });
    expect(extended.map(({ outcome }) => outcome)).toEqual(["done", "done", "refused"]);
    expect(extended[2]?.reason).toContain("no way to change");
    expect((await getLink(ours, { linkId: one.id })).expiresOn).toBe(inDays(40));

    const closed = await changeLinks(ours, {
      changes: [{ linkId: one.id, isClosed: true, tags: ["Over"] }],
    });
    expect(await getLink(ours, { linkId: one.id })).toMatchObject({
      state: "closed",
      tags: ["Over"],
    });
    expect(await idsOf({ tag: "over" })).toEqual([one.id]);
    const [{ before }] = closed as [(typeof closed)[number]];
    expect(before).toEqual({ expiresOn: inDays(40), isClosed: false, tags: [] });
    const undone = await changeLinks(ours, {
      changes: [{ linkId: one.id, isClosed: false, tags: [] }],
    });
    expect(undone[0]?.outcome).toBe("done");
    expect(await getLink(ours, { linkId: one.id })).toMatchObject({
      state: "live",
      tags: [],
      expiresOn: inDays(40),
    });
    expect(await idsOf({ tag: "over" })).toEqual([]);
    const again = await changeLinks(ours, { changes: [{ linkId: one.id, isClosed: false }] });
    expect(again[0]?.outcome).toBe("same");
    const history = await listLinkHistory(ours, { linkId: one.id });
    expect(history.map(({ action }) => action)).toEqual([
      "Opened a closed link again",
      "Closed a link",
      "Changed a link",
      "Made a link",
      "Asked Hero for a link",
    ]);
  });

  it("tags a link whose practice is disconnected, which Hero need not know of", async () => {
    const spare = await findPractice("20417", "b");
    const other = await connectPractice(ours, spare);
    const id = await plant({ practiceId: other.id });
    await disconnectPractice(ours, { practiceId: other.id });
    const [tagged] = await changeLinks(ours, { changes: [{ linkId: id, tags: ["Kept"] }] });
    expect(tagged?.outcome).toBe("done");
    expect(await idsOf({ tag: "kept" })).toEqual([id]);
    const [closed] = await changeLinks(ours, { changes: [{ linkId: id, isClosed: true }] });
    expect(closed).toMatchObject({
      outcome: "refused",
      reason: expect.stringContaining("disconnected"),
    });
  });

  it("c1: changes nothing when one of them is another tenant's", async () => {
    const foreign = await plant({}, theirs);
    const own = await makeReal();
    for (const stranger of [foreign, randomUUID()]) {
      const changes = [own.id, stranger].map((linkId) => ({ linkId, tags: ["taken"] }));
      await expect(changeLinks(ours, { changes })).rejects.toThrow(NotFoundError);
    }
    expect((await getLink(ours, { linkId: own.id })).tags).toEqual([]);
    await expect(listLinkHistory(ours, { linkId: foreign })).rejects.toThrow(NotFoundError);
  });

  it("tells of each link what Hero did not answer, and lets the others stand", async () => {
    const [one, other] = [await makeReal(), await makeReal()];
    await injectFault({ operation: "updateBookingLink", key: apiKey, times: 1, status: 400 });
    const results = await changeLinks(ours, {
      changes: [one.id, other.id].map((linkId) => ({ linkId, expiresOn: inDays(33) })),
    });
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(["done", "refused"]);
    const refused = results.find(({ outcome }) => outcome === "refused");
    expect((await getLink(ours, { linkId: refused?.linkId ?? "" })).expiresOn).toBe(inDays(20));
  });
});

describe("a link whose fate is unknown", () => {
  const loseAnswer = async (afterWork: boolean, over: Record<string, unknown> = {}) => {
    await injectFault({
      operation: "createBookingLink",
      key: apiKey,
      times: 1,
      ...(afterWork ? { afterWork: true, reset: true } : { hang: true }),
    });
    const link = await makeReal(over);
    expect(link.state).toBe("unknown");
    return link;
  };
  const age = (id: string) =>
    superuser`update links set asked_at = now() - interval '1 hour' where id = ${id}`;

  it("is settled by reading: made, when Hero lists exactly one like it that names nobody", async () => {
    const link = await loseAnswer(true, { expiresOn: inDays(101) });
    await expect(settleLinkByReading(ours, { linkId: link.id })).rejects.toThrow("two minutes");
    await age(link.id);
    const settled = await settleLinkByReading(ours, { linkId: link.id });
    expect(settled.state).toBe("live");
    expect((await listHeroLinks("20690")).map(({ url }) => url)).toContain(settled.url);
  });

  it("is settled by reading: not made, when Hero lists none like it", async () => {
    const link = await loseAnswer(false, { expiresOn: inDays(102) });
    await age(link.id);
    expect((await settleLinkByReading(ours, { linkId: link.id })).state).toBe("failed");
  });

  it("stays unknown when it is a patient's, or when two links could be it", async () => {
    const [patient] = await listTestPatients("20690");
    const invite = await loseAnswer(true, {
      expiresOn: inDays(105),
      patientId: patient?.patientId ?? "",
    });
    const links = [
      await loseAnswer(true, { expiresOn: inDays(103) }),
      await loseAnswer(true, { expiresOn: inDays(103) }),
    ];
    for (const link of [invite, ...links]) {
      await age(link.id);
      await expect(settleLinkByReading(ours, { linkId: link.id })).rejects.toThrow(
        "Ask the practice",
      );
      expect((await getLink(ours, { linkId: link.id })).state).toBe("unknown");
    }
  });

  it("stays unknown when Hero's list cannot be read to its end, or says no day", async () => {
    const link = await loseAnswer(false, { expiresOn: inDays(106) });
    await age(link.id);
    const list = JSON.stringify({
      data: [{ id: "1", short_link: "https://h.example/s/1", type: "booking" }],
      count: 1,
    });
    // The same page over and over: pages are not turned, so nothing is proven by what is not on it.
    await injectFault({
      operation: "listShortLinks",
      key: apiKey,
      times: 2,
      status: 200,
      body: list,
    });
    await expect(settleLinkByReading(ours, { linkId: link.id })).rejects.toThrow("to its end");
    const odd = JSON.stringify({
      data: [
        { id: "2", short_link: "https://h.example/s/2", type: "booking", expiry_date: "soon" },
      ],
      count: 1,
    });
    await injectFault({
      operation: "listShortLinks",
      key: apiKey,
      times: 1,
      status: 200,
      body: odd,
    });
    expect((await settleLinkByReading(ours, { linkId: link.id })).state).toBe("failed");
  });

  it("is settled by a person, with an address that no other link has, or with none", async () => {
    const known = await makeReal();
    const [one, other] = [
      await loseAnswer(true, { expiresOn: inDays(104) }),
      await loseAnswer(true, { expiresOn: inDays(104) }),
    ];
    await expect(settleLink(ours, { linkId: one.id, url: known.url ?? "" })).rejects.toThrow(
      "Another link",
    );
    const made = await settleLink(ours, {
      linkId: one.id,
      url: "https://bookings.example/s/asked1",
    });
    expect(made).toMatchObject({ state: "live", url: "https://bookings.example/s/asked1" });
    expect((await settleLink(ours, { linkId: other.id })).state).toBe("failed");
    await expect(settleLink(ours, { linkId: other.id })).rejects.toThrow("Only a link whose fate");
    await expect(settleLink(theirs, { linkId: other.id })).rejects.toThrow(NotFoundError);
  });
});

describe("the background reading", () => {
  it("reads what may still change, most recently used first, and rests when Hero cannot", async () => {
    await superuser`update links set closed_at = now() where tenant_id = ${ours.tenantId}`;
    const [one, other] = [await makeReal(), await makeReal()];
    const closed = await makeReal();
    await superuser`update links set refreshed_at = null,
      active_at = now() - (case id when ${one.id} then interval '1 day' else interval '2 days' end),
      closed_at = case id when ${closed.id} then now() end
      where id in (${one.id}, ${other.id}, ${closed.id})`;
    const before = (await listCalls(apiKey, "getBookingLink")).length;
    expect(await refreshLinksOfPractice(ours, practiceId, signal)).toBe(2);
    const calls = (await listCalls(apiKey, "getBookingLink")).slice(before);
    const heroIds = await superuser<{ id: string; hero_link_id: string }[]>`
      select id, hero_link_id from links where id in (${one.id}, ${other.id})`;
    const heroIdOf = (id: string) => heroIds.find((row) => row.id === id)?.hero_link_id ?? "";
    expect(calls.map(({ path }) => path.split("/").at(-1))).toEqual([
      heroIdOf(one.id),
      heroIdOf(other.id),
    ]);
    // What was just read is not read again.
    expect(await refreshLinksOfPractice(ours, practiceId, signal)).toBe(0);

    await superuser`update links set refreshed_at = null where id in (${one.id}, ${other.id})`;
    await injectFault({ operation: "getBookingLink", key: apiKey, times: 3, status: 401 });
    expect(await refreshLinksOfPractice(ours, practiceId, signal)).toBe(0);
    expect((await getLink(ours, { linkId: one.id })).refreshedAt).toBeNull();
  });
});
