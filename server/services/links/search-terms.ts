import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { linkSearchTerms, type links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import type { TenantContext } from "../../tenancy/context";

const maxTermLength = 40;
const maxTerms = 60;

/**
 * The words of a text as the search knows them: small letters without accents, of letters and digits.
 * The migration that made the first terms says the same in SQL.
 */
export function tokenize(text: string): string[] {
  const normalized = text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
  const words = normalized.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  return [...new Set(words.map((word) => word.slice(0, maxTermLength)))];
}

/** A tag as a term: found in any case, and never mistaken for a word. */
export const tagTerm = (tag: string) => `#${tag.toLowerCase()}`;

type SearchableLink = Partial<
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
export function searchTermsOf(link: SearchableLink): string[] {
  const texts = [
    link.name,
    link.reference,
    link.appointmentTypeName,
    link.locationName,
    link.practitionerName,
    link.formTitle,
    link.heroLinkId,
    link.url?.split("/").at(-1),
  ];
  const words = tokenize(texts.filter(Boolean).join(" "));
  return [...words.slice(0, maxTerms), ...(link.tags ?? []).map(tagTerm)];
}

/** Adds terms to a link; those it has stay. */
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

/** Makes a link's terms those of `after`, where they were those of `before`. */
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
