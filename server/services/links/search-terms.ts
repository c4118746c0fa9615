import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { linkSearchTerms, type links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { linkTextFields } from "../../schemas/links/rules";
import type { TenantContext } from "../../tenancy/context";

const maxTermLength = 40;
const maxTerms = 60;

/** Letters that no decomposition turns into plain ones. */
const plainLetters: Record<string, string> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  þ: "th",
  ø: "o",
  đ: "d",
  ð: "d",
  ħ: "h",
  ı: "i",
  ł: "l",
  ŧ: "t",
  ς: "σ",
};

/** Lower case without accents; every kind of apostrophe is `'`, and invisible characters are removed. */
const foldText = (text: string) =>
  text
    .replace(/[\u0060\u00B4\u02B9\u02BB\u02BC\u2018\u2019\u201B\u2032\u2035\uFF07]/g, "'")
    .replace(/[\u00AD\u200B-\u200D\u2060\uFEFF]/g, "")
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[ßæœþøđðħıłŧς]/g, (letter) => plainLetters[letter] ?? letter);

const splitWords = (text: string) =>
  foldText(text)
    .split(/[^\p{L}\p{N}']+/u)
    .filter((word) => /[^']/.test(word));

const unique = (words: readonly string[]) => [
  ...new Set(words.map((word) => word.slice(0, maxTermLength))),
];

/** The words of a search: "O'Brien" is one word, `obrien`. */
export const searchWordsOf = (text: string): string[] =>
  unique(splitWords(text).map((word) => word.replaceAll("'", "")));

/**
 * The words a text is found by. "O'Brien" is found by `obrien` and by each of its parts. The migration
 * `link_search` does the same in SQL.
 */
export const indexedWordsOf = (text: string): string[] =>
  unique(
    splitWords(text).flatMap((word) => {
      const parts = word.split("'").filter(Boolean);
      return parts.length > 1 ? [parts.join(""), ...parts] : parts;
    }),
  );

/** A tag as a term, in lower case. The `#` tells it from a word. */
export const tagTerm = (tag: string) => `#${tag.toLowerCase()}`;

const searchedFields = [
  ...linkTextFields,
  "appointmentTypeName",
  "locationName",
  "practitionerName",
  "formTitle",
  "heroLinkId",
] as const;

type SearchableLink = Partial<typeof links.$inferInsert>;

/** Everything a link is found by. Of its address only the code at the end. */
export function searchTermsOf(link: SearchableLink): string[] {
  const tags = link.tags ?? [];
  const texts = [
    ...searchedFields.map((field) => link[field]),
    link.url?.split("/").at(-1),
    ...tags,
  ];
  const words = indexedWordsOf(texts.filter((text) => typeof text === "string").join(" "));
  return [...words.slice(0, maxTerms), ...tags.map(tagTerm)];
}

/** Adds terms to a link and keeps the ones it has. */
export async function addSearchTerms(
  tx: Transaction,
  ctx: TenantContext,
  linkId: string,
  terms: readonly string[],
): Promise<void> {
  if (terms.length === 0) return;
  const { tenantId, environment } = ctx;
  await tx
    .insert(linkSearchTerms)
    .values([...new Set(terms)].map((term) => ({ tenantId, environment, term, linkId })))
    .onConflictDoNothing();
}

/** Replaces the terms of `before` with those of `after`. */
export async function replaceSearchTerms(
  tx: Transaction,
  ctx: TenantContext,
  linkId: string,
  before: SearchableLink,
  after: SearchableLink,
): Promise<void> {
  const newTerms = new Set(searchTermsOf(after));
  const removedTerms = searchTermsOf(before).filter((term) => !newTerms.has(term));
  if (removedTerms.length > 0) {
    await tx
      .delete(linkSearchTerms)
      .where(
        and(
          inScope(linkSearchTerms, ctx),
          eq(linkSearchTerms.linkId, linkId),
          inArray(linkSearchTerms.term, removedTerms),
        ),
      );
  }
  await addSearchTerms(tx, ctx, linkId, [...newTerms]);
}
