import { randomUUID } from "node:crypto";
import Papa from "papaparse";
import { v7 as uuidv7 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { NotFoundError } from "@/server/errors";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { type LinkSort, linkSort, listLinksInput } from "@/server/schemas/links/list";
import { linkState } from "@/server/schemas/links/view";
import { updateLinks } from "@/server/services/links/update-many";
import { createBookingLink } from "@/server/services/links/create";
import { countLinksByDay } from "@/server/services/links/daily-counts";
import { listFilterOptions } from "@/server/services/links/filter-options";
import { listLinkHistory } from "@/server/services/links/history";
import {
  countLinks,
  exportLinks,
  getLink,
  listLinks,
  selectMatchingLinks,
} from "@/server/services/links/read";
import { refreshLinksOfPractice } from "@/server/services/links/refresh";
import {
  deleteSavedView,
  listSavedViews,
  upsertSavedView,
} from "@/server/services/links/saved-views";
import { resolveLink } from "@/server/services/links/resolve-unknown";
import { reconcileLink } from "@/server/services/links/reconcile-unknown";
import { addSearchTerms, searchTermsOf } from "@/server/services/links/search-terms";
import { disconnectPractice } from "@/server/services/practices/change";
import { connectPractice } from "@/server/services/practices/connect";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import {
  getSandboxPractice,
  injectFault,
  listHeroCalls,
  listHeroLinks,
  listTestPatients,
} from "../support/hero";
import { createTenantPair, firstBookingChoice } from "../support/tenants";

const superuser = connectAsSuperuser();
const today = ukDateOf(new Date());
const inDays = (days: number) => addDays(today, days);
const { signal } = new AbortController();

let ownCtx: TenantContext;
let otherCtx: TenantContext;
let viewer: TenantContext;
let practiceId: string;
let otherPracticeId: string;
let apiKey: string;
let choice: { appointmentTypeId: string; locationId: string };

beforeAll(async () => {
  const tenants = await createTenantPair();
  const practice = await getSandboxPractice("20690", "a", "nothing");
  ({ apiKey } = practice);
  practiceId = (await tenants.first.connect(practice)).id;
  otherPracticeId = (await tenants.second.connect(await getSandboxPractice("20690", "b"))).id;
  ownCtx = await tenants.first.asOwner();
  otherCtx = await tenants.second.asOwner();
  viewer = await tenants.first.asRole("viewer");
  choice = await firstBookingChoice(ownCtx, practiceId);
});

type Row = Partial<typeof links.$inferInsert>;

/** Inserts a link of any state without calling Hero. */
async function insertLink(overrides: Row = {}, ctx = ownCtx): Promise<string> {
  const id = overrides.id ?? uuidv7();
  const row = {
    tenantId: ctx.tenantId,
    environment: ctx.environment,
    id,
    operationId: randomUUID(),
    requestHash: "none",
    practiceId: ctx === ownCtx ? practiceId : otherPracticeId,
    outcome: "active" as const,
    appointmentTypeId: "1",
    appointmentTypeName: "Flu clinic",
    locationId: "1",
    locationName: "Main site",
    expiresOn: inDays(10),
    maxUses: 5,
    url: `https://bookings.example/s/${id}`,
    createdBy: ctx.actor.kind === "person" ? ctx.actor.userId : ctx.tenantId,
    ...overrides,
  };
  await db.tenant(ctx, async (tx) => {
    await tx.insert(links).values(row);
    await addSearchTerms(tx, ctx, id, searchTermsOf(row));
  });
  return id;
}

const list = (input: Record<string, unknown>, ctx = ownCtx) =>
  listLinks(ctx, listLinksInput.parse(input));
const listIds = async (input: Record<string, unknown>, ctx = ownCtx) =>
  (await list({ limit: 100, ...input }, ctx)).items.map(({ id }) => id);

const createLinkAtHero = (overrides: Record<string, unknown> = {}) =>
  createBookingLink(ownCtx, {
    operationId: randomUUID(),
    practiceId,
    ...choice,
    expiresOn: inDays(20),
    maxUses: 3,
    ...overrides,
  } as Parameters<typeof createBookingLink>[1]);

describe("the states of the ledger", () => {
  it("filtering by state gives the same states as reading each link", async () => {
    const outcomes = ["active", "pending", "failed", "unknown"] as const;
    const days = [-1, 0, 1, 2, 3, 30];
    for (const outcome of outcomes) {
      for (const day of days) {
        for (const [uses, closed, stopped, isOld, patientId = null] of [
          [0, false, false, false],
          [5, false, false, true],
          [0, true, false, false],
          [5, true, true, true],
          [0, false, true, false],
          [5, false, false, false, "8812"],
        ] as const) {
          await insertLink({
            outcome,
            expiresOn: inDays(day),
            uses,
            tags: ["states"],
            patientId,
            closedAt: closed ? new Date() : null,
            stoppedAt: stopped ? new Date() : null,
            requestedAt: new Date(Date.now() - (isOld ? 3_600_000 : 0)),
          });
        }
      }
    }
    const { items } = await list({ tag: "states", limit: 100 });
    const next = await list({ tag: "states", limit: 100, cursor: items.at(-1)?.id });
    const all = [...items, ...next.items];
    expect(all).toHaveLength(144);
    let matched = 0;
    for (const state of linkState.options) {
      const expectedIds = all.filter((link) => link.state === state).map(({ id }) => id);
      expect(expectedIds.length, state).toBeGreaterThan(0);
      expect(await listIds({ tag: "states", state }), state).toEqual(expectedIds);
      matched += expectedIds.length;
    }
    expect(matched).toBe(144);
  });
});

describe("booked links", () => {
  it("E1: an invite whose bookings are made is booked, also after its expiry date, but not once closed", async () => {
    const booked = { patientId: "8812", uses: 1, maxUses: 1 };
    for (const [state, row] of [
      ["booked", booked],
      ["booked", { ...booked, expiresOn: inDays(-3) }],
      ["live", { ...booked, maxUses: 2 }],
      ["expired", { ...booked, maxUses: 2, expiresOn: inDays(-3) }],
      ["closed", { ...booked, closedAt: new Date() }],
      ["used_up", { ...booked, patientId: null }],
      ["expired", { ...booked, patientId: null, expiresOn: inDays(-3) }],
    ] as const) {
      const linkId = await insertLink(row);
      expect((await getLink(ownCtx, { linkId })).state).toBe(state);
      expect(await listIds({ state })).toContain(linkId);
      expect(await listIds({ state: "used_up" })).toEqual(
        state === "used_up"
          ? expect.arrayContaining([linkId])
          : expect.not.arrayContaining([linkId]),
      );
    }
  });
});

describe("finding links", () => {
  it("links are found by whole words and their beginnings, ignoring case and accents", async () => {
    const first = await insertLink({
      name: "Brechiad ffliw Ysbyty Gŵyr",
      appointmentTypeName: "Zonal",
    });
    const other = await insertLink({ name: "Zonal review", reference: "LETTER-1742" });
    expect(await listIds({ q: "gwyr" })).toEqual([first]);
    expect(await listIds({ q: "GŴY" })).toEqual([first]);
    expect(await listIds({ q: "zonal" })).toEqual([other, first]);
    expect(await listIds({ q: "review zon" })).toEqual([other]);
    expect(await listIds({ q: "letter 1742" })).toEqual([other]);
    expect(await listIds({ q: "nal" })).toEqual([]);
    expect(await listIds({ q: "%" })).toEqual([]);
    expect(await listIds({ q: "zonal", state: "closed" })).toEqual([]);
  });

  it("c30: links are not found by a possible patient number", () => {
    for (const q of ["9990000018", "999 000 0018", "letter 999-000-0018"]) {
      expect(listLinksInput.safeParse({ q }).success).toBe(false);
    }
    expect(listLinksInput.safeParse({ q: "1234567890" }).success).toBe(true);
  });

  it("links are found by tag in any case, and not by a word that only reads the same", async () => {
    const tagged = await insertLink({ tags: ["Autumn Drive"] });
    await insertLink({ name: "autumn drive" });
    expect(await listIds({ tag: "autumn drive" })).toEqual([tagged]);
    expect((await listFilterOptions(ownCtx)).tags).toContain("autumn drive");
  });

  it.each([
    [
      "Clinig Siân O’Brien",
      ["sian", "SIÂN", "o'brien", "o’brien", "obrien", "brien", "O´Brien", "clinig obr"],
    ],
    [
      "Dr Łukasz Sørensen letters",
      ["łukasz", "lukasz", "LUKASZ", "sorensen", "Sørensen", "soren luk"],
    ],
    ["Straße list", ["strasse", "straße", "STRASSE", "strass"]],
    ["Þórður Æsir Œuvre", ["thordur", "aesir", "oeuvre", "ÞÓRÐUR"]],
    ["D'Arcy‘s Máire Ní Chonaill", ["darcys", "d'arcy", "maire ni", "Ma\u0301ire"]],
  ])(
    "E2: %s is found in any spelling that differs by accents, apostrophes or case",
    async (name, searches) => {
      const id = await insertLink({ name });
      for (const q of searches) expect(await listIds({ q }), q).toEqual([id]);
      expect(await listIds({ q: `${searches[0]} absent` })).toEqual([]);
    },
  );

  it("E2: a search finds words of tags, a pasted address, an ID and a practice's name", async () => {
    const url = "https://bookings.example/s/Qw8_Zk-77";
    const id = await insertLink({ name: "Everything", tags: ["Harvest drive"], url });
    for (const q of [
      "harvest",
      "#harvest",
      "everything drive",
      url,
      `${url}?utm=1`,
      "bookings.example/s/Qw8_Zk-77",
      id,
      `https://portal.example/a/sandbox/links/${id}?practice=1`,
    ]) {
      expect(await listIds({ q }), q).toEqual([id]);
      expect((await countLinks(ownCtx, { q })).count, q).toBe(1);
    }
    const { practice, operationId } = await getLink(ownCtx, { linkId: id });
    expect(await listIds({ q: operationId })).toEqual([id]);
    const [practiceWord = ""] = practice.name.split(" ");
    expect(await listIds({ q: `everything ${practiceWord}` })).toEqual([id]);
    expect(await listIds({ q: practiceWord })).toContain(id);
    expect(await listIds({ q: randomUUID() })).toEqual([]);
    expect(await listIds({ q: id }, otherCtx)).toEqual([]);
    expect(await listIds({ q: operationId }, otherCtx)).toEqual([]);
  });

  it("E2: a prefix of 100 references lists 100 links", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 100; index += 1)
      ids.unshift(await insertLink({ reference: `R00${String(index).padStart(2, "0")}` }));
    for (const q of ["R00", "r0"]) {
      expect(await listIds({ q })).toEqual(ids);
      expect(await countLinks(ownCtx, { q })).toEqual({ count: 100, hasMore: false });
    }
    expect(await listIds({ q: "R00", sort: "oldest" })).toEqual(ids.toReversed());
    expect(await listIds({ q: "R00 flu" })).toEqual(ids);
    expect(await listIds({ q: "R001" })).toHaveLength(10);
  });

  it("E2: a count follows the filters and stops above 10,000", async () => {
    const tag = "counted";
    const bulkUploadId = randomUUID();
    const used = await insertLink({ tags: [tag], uses: 1, bulkUploadId });
    const unused = await insertLink({ tags: [tag], bulkUploadId });
    expect(await countLinks(ownCtx, { tag })).toEqual({ count: 2, hasMore: false });
    expect(await countLinks(ownCtx, { tag, isUsed: "yes" })).toEqual({ count: 1, hasMore: false });
    expect(await listIds({ tag, isUsed: "yes" })).toEqual([used]);
    expect(await listIds({ bulkUploadId, isUsed: "no" })).toEqual([unused]);
    expect(await countLinks(ownCtx, { bulkUploadId })).toEqual({ count: 2, hasMore: false });
    expect(await countLinks(otherCtx, { bulkUploadId })).toEqual({ count: 0, hasMore: false });
    expect(await countLinks(otherCtx, { tag })).toEqual({ count: 0, hasMore: false });
  });

  it("E2: common words, and beginnings of very many words, find every link page by page", async () => {
    const { tenantId, environment } = otherCtx;
    // Sample rows in the way of the ledger benchmark: only their words matter.
    await superuser`
      insert into links (tenant_id, environment, id, operation_id, request_hash, practice_id, outcome, name,
        appointment_type_id, location_id, expires_on, max_uses, created_by)
      select ${tenantId}, ${environment}, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
        gen_random_uuid(), '', ${otherPracticeId}, 'active', 'Many zz' || n, '1', '2', current_date + 9, 5, ${tenantId}
      from generate_series(1, 2500) n`;
    await superuser`
      insert into link_search_terms (tenant_id, environment, term, link_id)
      select tenant_id, environment, term, id from links, unnest(array['many', split_part(name, ' ', 2)]) term
      where tenant_id = ${tenantId} and name like 'Many zz%'`;
    for (const sort of ["newest", "expires_last"]) {
      const found = [];
      let cursor: string | undefined;
      do {
        const page = await list({ q: "many zz2", sort, limit: 100, cursor }, otherCtx);
        found.push(...page.items.map(({ name }) => name));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(new Set(found).size).toBe(612);
      expect(found).toHaveLength(612);
    }
    expect(await countLinks(otherCtx, { q: "zz" })).toEqual({ count: 2500, hasMore: false });
    expect(await countLinks(otherCtx, { q: "many zz2500" })).toEqual({ count: 1, hasMore: false });
    expect(await listIds({ q: "zz" }, otherCtx)).toHaveLength(100);
    expect((await list({ q: "zz" }, otherCtx)).items[0]?.name).toBe("Many zz2500");
  });

  it.each(linkSort.options)(
    "links are listed page by page %s, each once",
    async (sort: LinkSort) => {
      const tag = `pages ${sort}`;
      const insertedIds = new Set<string>();
      for (let index = 0; index < 12; index += 1) {
        insertedIds.add(
          await insertLink({ tags: [tag], expiresOn: inDays(5 + (index % 4)), uses: index % 3 }),
        );
      }
      const practice = { practiceId, sort, limit: 5 };
      for (const filter of [{ tag }, { tag, q: "flu" }]) {
        const found: string[] = [];
        let cursor: string | null | undefined;
        do {
          const page = await list({ ...practice, ...filter, cursor: cursor ?? undefined });
          found.push(...page.items.map(({ id }) => id));
          cursor = page.nextCursor;
        } while (cursor);
        expect(found).toHaveLength(12);
        expect(new Set(found)).toEqual(insertedIds);
      }
      const { items } = await list({ tag, sort, limit: 100 });
      const expectedOrder = {
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
        most_used: items.map(({ uses }) => uses).toSorted((first, second) => second - first),
      }[sort];
      const shown = {
        newest: items.map(({ id }) => id),
        oldest: items.map(({ id }) => id),
        expires_first: items.map(({ expiresOn }) => expiresOn),
        expires_last: items.map(({ expiresOn }) => expiresOn),
        most_used: items.map(({ uses }) => uses),
      }[sort];
      expect(shown).toEqual(expectedOrder);
    },
  );

  it("a cursor of another order gives some page of the list and no error", async () => {
    const tag = "odd cursors";
    const id = await insertLink({ tags: [tag] });
    for (const sort of linkSort.options) {
      for (const cursor of [
        id,
        `2027-02-31_${id}`,
        `2027-01-01_${id}`,
        `999999999_${id}`,
        `-_${id}`,
      ]) {
        for (const filter of [{}, { tag }, { tag, q: "flu" }, { state: "ends_soon" }]) {
          await expect(list({ sort, cursor, ...filter })).resolves.toBeDefined();
        }
      }
    }
  });

  it("c1: another tenant's words, tags, creators and views show nothing", async () => {
    await insertLink({ name: "Onlyours", tags: ["onlyours"] });
    expect(await listIds({ q: "onlyours" }, otherCtx)).toEqual([]);
    expect(await listIds({ tag: "onlyours" }, otherCtx)).toEqual([]);
    const filterOptions = await listFilterOptions(otherCtx);
    expect(filterOptions.tags).not.toContain("onlyours");
    expect(filterOptions.owners).toEqual([]);
    const view = await upsertSavedView(ownCtx, { name: "Mine", query: "state=live" });
    expect(await listSavedViews(otherCtx)).toEqual([]);
    expect(await listSavedViews(viewer)).toEqual([]);
    await deleteSavedView(viewer, { viewId: view.id });
    await deleteSavedView(otherCtx, { viewId: view.id });
    expect(await listSavedViews(ownCtx)).toEqual([view]);
    await upsertSavedView(ownCtx, { name: "Mine", query: "state=closed" });
    expect(await listSavedViews(ownCtx)).toMatchObject([{ name: "Mine", query: "state=closed" }]);
    await deleteSavedView(ownCtx, { viewId: view.id });
    expect(await listSavedViews(ownCtx)).toEqual([]);
  });
});

describe("a list as a whole", () => {
  it("E9: links are counted by the UK day they were created on, with how many are used", async () => {
    const days = await countLinksByDay(ownCtx, {});
    const idAt = (iso: string) => uuidv7({ msecs: Date.parse(iso) });
    const yesterday = inDays(-1);
    // Midnight in London, in winter and in summer.
    const startsAt = new Date(`${yesterday}T00:00:00Z`);
    const hour = Number(
      startsAt.toLocaleTimeString("en-GB", { timeZone: "Europe/London", hour: "2-digit" }),
    );
    const midnight = startsAt.getTime() - hour * 3_600_000;
    await insertLink({ id: idAt(new Date(midnight).toISOString()), uses: 1 });
    await insertLink({ id: idAt(new Date(midnight + 86_399_000).toISOString()) });
    await insertLink({ id: idAt(new Date(midnight - 1000).toISOString()) });
    await insertLink({ id: idAt(new Date(midnight).toISOString()), outcome: "failed" });
    const after = await countLinksByDay(ownCtx, { practiceId });
    expect(after).toHaveLength(28);
    expect(after.at(-1)?.day).toBe(today);
    expect(after.at(-2)).toEqual({ day: yesterday, created: 2, used: 1 });
    expect(after.at(-3)).toEqual({ day: inDays(-2), created: 1, used: 0 });
    expect(after.at(-1)).toEqual(days.at(-1));
    expect(
      (await countLinksByDay(otherCtx, { practiceId })).every(({ created }) => created === 0),
    ).toBe(true);
  });

  it("E2: an export has every matching link, and no cell that a spreadsheet would calculate", async () => {
    const tag = "exported";
    for (let index = 0; index < 12; index += 1)
      await insertLink({
        tags: [tag],
        name: `=HYPERLINK("http://x";"${index}")`,
        reference: `+4${index}`,
      });
    const { fileName, chunks } = await exportLinks(viewer, { tag });
    let text = "";
    for await (const chunk of chunks) text += chunk;
    const { data } = Papa.parse<Record<string, string>>(text.replace("\ufeff", ""), {
      header: true,
      skipEmptyLines: true,
    });
    expect(fileName).toBe(`links-${today}.csv`);
    expect(data).toHaveLength(12);
    expect(
      data.flatMap((row) => Object.values(row)).filter((cell) => /^[=+@\t-]/.test(cell)),
    ).toEqual([]);
    expect(data[0]).toMatchObject({ state: "live", tags: tag, uses: "0", max_uses: "5" });
  });

  it("E2: all matching links are selected with what their actions need", async () => {
    const tag = "selected";
    const ids = [await insertLink({ tags: [tag] }), await insertLink({ tags: [tag, "more"] })];
    const selection = await selectMatchingLinks(viewer, { tag });
    expect(selection).toMatchObject({
      hasMore: false,
      items: [
        { id: ids[1], state: "live", tags: [tag, "more"] },
        { id: ids[0], state: "live", tags: [tag] },
      ],
    });
    expect((await selectMatchingLinks(otherCtx, { tag })).items).toEqual([]);
  });
});

describe("changing several links", () => {
  it("links are extended, closed and tagged with a result for each, and changes can be undone", async () => {
    const [first, other] = [await createLinkAtHero(), await createLinkAtHero()];
    const form = await insertLink({
      kind: "form",
      formId: "f1",
      formTitle: "Asthma",
      appointmentTypeId: null,
      appointmentTypeName: null,
      locationId: null,
      locationName: null,
    });
    const extended = await updateLinks(ownCtx, {
      changes: [first.id, other.id, form].map((linkId) => ({ linkId, expiresOn: inDays(40) })),
    });
    expect(extended.map(({ outcome }) => outcome)).toEqual(["done", "done", "refused"]);
    expect(extended[2]?.reason).toContain("cannot be changed");
    expect((await getLink(ownCtx, { linkId: first.id })).expiresOn).toBe(inDays(40));

    const closed = await updateLinks(ownCtx, {
      changes: [{ linkId: first.id, isClosed: true, tags: ["Over"] }],
    });
    expect(await getLink(ownCtx, { linkId: first.id })).toMatchObject({
      state: "closed",
      tags: ["Over"],
    });
    expect(await listIds({ tag: "over" })).toEqual([first.id]);
    const [{ previous }] = closed as [(typeof closed)[number]];
    expect(previous).toEqual({ expiresOn: inDays(40), isClosed: false, tags: [] });
    const undone = await updateLinks(ownCtx, {
      changes: [{ linkId: first.id, isClosed: false, tags: [] }],
    });
    expect(undone[0]?.outcome).toBe("done");
    expect(await getLink(ownCtx, { linkId: first.id })).toMatchObject({
      state: "live",
      tags: [],
      expiresOn: inDays(40),
    });
    expect(await listIds({ tag: "over" })).toEqual([]);
    const repeated = await updateLinks(ownCtx, {
      changes: [{ linkId: first.id, isClosed: false }],
    });
    expect(repeated[0]?.outcome).toBe("same");
    const history = await listLinkHistory(ownCtx, { linkId: first.id });
    expect(history.map(({ action }) => action)).toEqual([
      "Reopened a link",
      "Closed a link",
      "Changed a link",
      "Created a link",
      "Requested a link",
    ]);
  });

  it("a link of a disconnected practice can be tagged, since Hero is not involved", async () => {
    const spare = await getSandboxPractice("20417", "b");
    const other = await connectPractice(ownCtx, spare);
    const id = await insertLink({ practiceId: other.id });
    await disconnectPractice(ownCtx, { practiceId: other.id });
    const [tagged] = await updateLinks(ownCtx, { changes: [{ linkId: id, tags: ["Kept"] }] });
    expect(tagged?.outcome).toBe("done");
    expect(await listIds({ tag: "kept" })).toEqual([id]);
    const [closed] = await updateLinks(ownCtx, { changes: [{ linkId: id, isClosed: true }] });
    expect(closed).toMatchObject({
      outcome: "refused",
      reason: expect.stringContaining("disconnected"),
    });
  });

  it("c1: nothing changes when one of the links is another tenant's", async () => {
    const foreign = await insertLink({}, otherCtx);
    const own = await createLinkAtHero();
    for (const unreachableId of [foreign, randomUUID()]) {
      const changes = [own.id, unreachableId].map((linkId) => ({ linkId, tags: ["taken"] }));
      await expect(updateLinks(ownCtx, { changes })).rejects.toThrow(NotFoundError);
    }
    expect((await getLink(ownCtx, { linkId: own.id })).tags).toEqual([]);
    await expect(listLinkHistory(ownCtx, { linkId: foreign })).rejects.toThrow(NotFoundError);
  });

  it("each link without a response from Hero is reported, and the others are changed", async () => {
    const [first, other] = [await createLinkAtHero(), await createLinkAtHero()];
    await injectFault({ operation: "updateBookingLink", key: apiKey, times: 1, status: 400 });
    const results = await updateLinks(ownCtx, {
      changes: [first.id, other.id].map((linkId) => ({ linkId, expiresOn: inDays(33) })),
    });
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(["done", "refused"]);
    const failed = results.find(({ outcome }) => outcome === "refused");
    expect((await getLink(ownCtx, { linkId: failed?.linkId ?? "" })).expiresOn).toBe(inDays(20));
  });
});

describe("an unknown link", () => {
  const createUnknownLink = async (afterWork: boolean, overrides: Record<string, unknown> = {}) => {
    await injectFault({
      operation: "createBookingLink",
      key: apiKey,
      times: 1,
      ...(afterWork ? { afterWork: true, reset: true } : { hang: true }),
    });
    const link = await createLinkAtHero(overrides);
    expect(link.state).toBe("unknown");
    return link;
  };
  const makeOldEnough = (id: string) =>
    superuser`update links set requested_at = now() - interval '1 hour' where id = ${id}`;

  it("an unknown link is resolved as created when Hero lists exactly one matching link without a patient", async () => {
    const link = await createUnknownLink(true, { expiresOn: inDays(101) });
    await expect(reconcileLink(ownCtx, { linkId: link.id })).rejects.toThrow("two minutes");
    await makeOldEnough(link.id);
    const resolved = await reconcileLink(ownCtx, { linkId: link.id });
    expect(resolved.state).toBe("live");
    expect((await listHeroLinks("20690")).map(({ url }) => url)).toContain(resolved.url);
  });

  it("an unknown link is resolved as not created when Hero lists no matching link", async () => {
    const link = await createUnknownLink(false, { expiresOn: inDays(102) });
    await makeOldEnough(link.id);
    expect((await reconcileLink(ownCtx, { linkId: link.id })).state).toBe("failed");
  });

  it("an unknown link stays unknown for a patient, or when two links match", async () => {
    const [patient] = await listTestPatients("20690");
    const invite = await createUnknownLink(true, {
      expiresOn: inDays(105),
      patientId: patient?.patientId ?? "",
    });
    const links = [
      await createUnknownLink(true, { expiresOn: inDays(103) }),
      await createUnknownLink(true, { expiresOn: inDays(103) }),
    ];
    for (const link of [invite, ...links]) {
      await makeOldEnough(link.id);
      await expect(reconcileLink(ownCtx, { linkId: link.id })).rejects.toThrow("Ask the practice");
      expect((await getLink(ownCtx, { linkId: link.id })).state).toBe("unknown");
    }
  });

  it("an unknown link stays unknown when Hero's list is incomplete or has no dates", async () => {
    const link = await createUnknownLink(false, { expiresOn: inDays(106) });
    await makeOldEnough(link.id);
    const list = JSON.stringify({
      data: [{ id: "1", short_link: "https://h.example/s/1", type: "booking" }],
      count: 1,
    });
    // Hero repeats one page, so a missing link proves nothing.
    await injectFault({
      operation: "listShortLinks",
      key: apiKey,
      times: 2,
      status: 200,
      body: list,
    });
    await expect(reconcileLink(ownCtx, { linkId: link.id })).rejects.toThrow("in full");
    const listResponse = JSON.stringify({
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
      body: listResponse,
    });
    await expect(reconcileLink(ownCtx, { linkId: link.id })).rejects.toThrow("Ask the practice");
  });

  it("a person resolves an unknown link with a unique address or with none", async () => {
    const existing = await createLinkAtHero();
    const [first, other] = [
      await createUnknownLink(true, { expiresOn: inDays(104) }),
      await createUnknownLink(true, { expiresOn: inDays(104) }),
    ];
    await expect(
      resolveLink(ownCtx, { linkId: first.id, url: existing.url ?? "" }),
    ).rejects.toThrow("Another link has this address.");
    const resolvedAsCreated = await resolveLink(ownCtx, {
      linkId: first.id,
      url: "https://hero.example/s/asked1",
    });
    expect(resolvedAsCreated).toMatchObject({
      state: "live",
      url: "https://hero.example/s/asked1",
    });
    expect((await resolveLink(ownCtx, { linkId: other.id })).state).toBe("failed");
    await expect(resolveLink(ownCtx, { linkId: other.id })).rejects.toThrow(
      "Only a link with unknown status",
    );
    await expect(resolveLink(otherCtx, { linkId: other.id })).rejects.toThrow(NotFoundError);
  });
});

describe("the background refresh", () => {
  it("C5: the refresh reads links that may change, the longest unread first, and pauses when Hero cannot respond", async () => {
    await superuser`update links set closed_at = now() where tenant_id = ${ownCtx.tenantId}`;
    const [first, other] = [await createLinkAtHero(), await createLinkAtHero()];
    const closed = await createLinkAtHero();
    await superuser`update links set
      refreshed_at = now() - (case id when ${first.id} then interval '2 days' else interval '1 day' end),
      closed_at = case id when ${closed.id} then now() end
      where id in (${first.id}, ${other.id}, ${closed.id})`;
    const before = (await listHeroCalls(apiKey, "getBookingLink")).length;
    expect(await refreshLinksOfPractice(ownCtx, practiceId, signal)).toBe(2);
    const calls = (await listHeroCalls(apiKey, "getBookingLink")).slice(before);
    const heroIds = await superuser<{ id: string; hero_link_id: string }[]>`
      select id, hero_link_id from links where id in (${first.id}, ${other.id})`;
    const heroIdFor = (id: string) => heroIds.find((row) => row.id === id)?.hero_link_id ?? "";
    expect(calls.map(({ path }) => path.split("/").at(-1))).toEqual([
      heroIdFor(first.id),
      heroIdFor(other.id),
    ]);
    // A link that was just read is not read again.
    expect(await refreshLinksOfPractice(ownCtx, practiceId, signal)).toBe(0);

    await superuser`update links set refreshed_at = null where id in (${first.id}, ${other.id})`;
    await injectFault({ operation: "getBookingLink", key: apiKey, times: 3, status: 401 });
    expect(await refreshLinksOfPractice(ownCtx, practiceId, signal)).toBe(0);
    expect((await getLink(ownCtx, { linkId: first.id })).refreshedAt).toBeNull();
  });
});
