import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type LinkSort, linkSort, listLinksInput } from "@/server/schemas/links/list";
import { listFilterOptions } from "@/server/services/links/filter-options";
import { countLinks, getLink } from "@/server/services/links/read";
import {
  deleteSavedView,
  listSavedViews,
  upsertSavedView,
} from "@/server/services/links/saved-views";
import { connectAsSuperuser } from "../../setup/database";
import { createLedger, inDays } from "./support";

const superuser = connectAsSuperuser();
const { practiceId, otherPracticeId, ownCtx, otherCtx, viewer, insertLink, list, listIds } =
  await createLedger();

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
