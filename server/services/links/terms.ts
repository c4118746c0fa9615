import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { linkTerms, type links } from "@/db/schema/links";
import type { TenantContext } from "../../tenancy/context";

const longestTerm = 40;
const mostTerms = 60;

/**
 * The words of a text as the search knows them: small letters without accents, of letters and digits.
 * The migration that made the first terms says the same in SQL.
 */
export function wordsOf(text: string): string[] {
  const plain = text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
  const words = plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  return [...new Set(words.map((word) => word.slice(0, longestTerm)))];
}

/** A tag as a term: found in any case, and never mistaken for a word. */
export const termOfTag = (tag: string) => `#${tag.toLowerCase()}`;

type Indexed = Partial<
  Pick<
    typeof links.$inferSelect,
    | "name"
    | "reference"
    | "tags"
    | "appointmentTypeName"
    | "locationName"
    | "practitionerName"
    | "formTitle"
    | "heroLinkId"
    | "url"
  >
>;

/** Everything a link is found by. Of its address only the code at the end. */
export function termsOf(link: Indexed): string[] {
  const said = [
    link.name,
    link.reference,
    link.appointmentTypeName,
    link.locationName,
    link.practitionerName,
    link.formTitle,
    link.heroLinkId,
    link.url?.split("/").at(-1),
  ];
  const words = wordsOf(said.filter(Boolean).join(" "));
  return [...words.slice(0, mostTerms), ...(link.tags ?? []).map(termOfTag)];
}

/** Adds terms to a link; those it has stay. */
export async function addTerms(
  tx: Transaction,
  ctx: TenantContext,
  linkId: string,
  terms: readonly string[],
): Promise<void> {
  if (terms.length === 0) return;
  const { tenantId, environment } = ctx;
  await tx
    .insert(linkTerms)
    .values([...new Set(terms)].map((term) => ({ tenantId, environment, term, linkId })))
    .onConflictDoNothing();
}

/** Makes a link's terms those of `after`, where they were those of `before`. */
export async function changeTerms(
  tx: Transaction,
  ctx: TenantContext,
  linkId: string,
  before: Indexed,
  after: Indexed,
): Promise<void> {
  const wanted = new Set(termsOf(after));
  const gone = termsOf(before).filter((term) => !wanted.has(term));
  if (gone.length > 0) {
    await tx
      .delete(linkTerms)
      .where(
        and(
          eq(linkTerms.tenantId, ctx.tenantId),
          eq(linkTerms.environment, ctx.environment),
          eq(linkTerms.linkId, linkId),
          inArray(linkTerms.term, gone),
        ),
      );
  }
  await addTerms(tx, ctx, linkId, [...wanted]);
}
