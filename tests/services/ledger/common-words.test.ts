import { beforeAll, describe, expect, it } from "vitest";
import type { LinkFilters, LinkPage, LinkSort } from "@/server/schemas/links/list";
import { countLinks, listLinks } from "@/server/services/links/read";
import { connectAsSuperuser } from "../../setup/database";
import { createLedger } from "./support";

// Several words that many links have are compared a few thousand links at a time.

const linkCount = 9000;
const superuser = connectAsSuperuser();
const { practiceId, otherPracticeId, ownCtx, otherCtx, list } = await createLedger();

/** The links, by number, whose numbers pass, newest first. */
const numbersWhere = (passes: (n: number) => boolean) =>
  Array.from({ length: linkCount }, (_, index) => linkCount - index).filter(passes);

async function listAll(filters: LinkFilters, sort: LinkSort): Promise<number[]> {
  const found: number[] = [];
  let cursor: string | undefined;
  do {
    const page: LinkPage = await listLinks(ownCtx, {
      ...filters,
      sort,
      limit: 700,
      ...(cursor && { cursor }),
    });
    found.push(...page.items.map(({ reference }) => Number(reference)));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return found;
}

beforeAll(async () => {
  // In its other environment, the tenant has a few links with every word too.
  const copies = [
    { scope: { ...ownCtx, environment: "sandbox" }, practice: practiceId, count: linkCount },
    { scope: { ...otherCtx, environment: "sandbox" }, practice: otherPracticeId, count: 2500 },
    { scope: { ...ownCtx, environment: "production" }, practice: practiceId, count: 10 },
  ];
  for (const { scope, practice, count } of copies) {
    const { tenantId, environment } = scope;
    // Without checking references: the practice is connected in one environment only.
    await superuser.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`
        insert into links (tenant_id, environment, id, operation_id, request_hash, practice_id, outcome,
          reference, appointment_type_id, location_id, expires_on, max_uses, uses, created_by)
        select ${tenantId}, ${environment}, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
          gen_random_uuid(), '', ${practice}, 'active', n, '1', '2', current_date + 9, 5,
          case when n % 5 = 0 then 1 else 0 end, ${tenantId}
        from generate_series(1, ${count}) n`;
      const isOwn = tenantId === ownCtx.tenantId && environment === ownCtx.environment;
      await tx`
        insert into link_search_terms (tenant_id, environment, term, link_id)
        select tenant_id, environment, term, id from links,
          unnest(case when ${isOwn}
            then array_remove(array[
              case when reference::integer % 2 = 0 then 'even' end,
              case when reference::integer % 3 = 0 then 'third' end,
              case when reference::integer % 4 = 0 then '#fourth' end,
              'group' || reference::integer % 12, 'ref' || reference
            ], null)
            else array['even', 'third', '#fourth', 'group1', 'ref1']
          end) term
        where tenant_id = ${tenantId} and environment = ${environment}`;
    });
  }
});

describe("searching for several common words", () => {
  it.each<[string, LinkFilters, (n: number) => boolean]>([
    ["two words", { q: "even third" }, (n) => n % 6 === 0],
    ["a word and a beginning of several", { q: "group third" }, (n) => n % 3 === 0],
    ["words that no link has together", { q: "group1 third" }, () => false],
    ["words with a beginning of very many", { q: "even ref third" }, (n) => n % 6 === 0],
    ["a word and a tag", { q: "third", tag: "fourth" }, (n) => n % 12 === 0],
    ["two words and a tag", { q: "even third", tag: "fourth" }, (n) => n % 12 === 0],
    ["a word twice, in capitals", { q: "THIRD, third even" }, (n) => n % 6 === 0],
    [
      "a word and a pasted address",
      { q: "even https://x.test/l/group4?a=third" },
      (n) => n % 12 === 4,
    ],
    ["common words and a number that one link has", { q: "even third ref8994" }, (n) => n === 8994],
    [
      "two words of another practice",
      { q: "even third", practiceId: otherPracticeId },
      () => false,
    ],
    ["three words and a filter", { q: "group even third", isUsed: "yes" }, (n) => n % 30 === 0],
  ])("%s: lists and counts each link once, in both directions", async (_, filters, passes) => {
    const expected = numbersWhere(passes);
    expect(await listAll(filters, "newest")).toEqual(expected);
    expect(await listAll(filters, "oldest")).toEqual(expected.toReversed());
    expect(await countLinks(ownCtx, filters)).toEqual({ count: expected.length, hasMore: false });
  });

  it("in another order, pages that end between equal links list each once", async () => {
    const filters = { q: "even third", tag: "fourth" };
    const found = await listAll(filters, "most_used");
    expect(found.toSorted((a, b) => b - a)).toEqual(numbersWhere((n) => n % 12 === 0));
  });

  it("words in a practice's name count for all its links", async () => {
    const { items } = await list({ q: "even third" });
    const word = items[0]?.practice.name.split(" ")[0] ?? "";
    const q = `even third ${word}`;
    expect(await listAll({ q }, "newest")).toEqual(numbersWhere((n) => n % 6 === 0));
  });
});
