import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { linkSearchTerms, type links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { linkTextFields } from "../../schemas/links/rules";
import type { TenantContext } from "../../tenancy/context";

const maxTermLength = 40;
const maxTerms = 60;

/**
 * The words of a text as search stores them: lower case, without accents, letters and digits only. The
 * migration that created the first terms does the same in SQL.
 */
export function tokenize(text: string): string[] {
  const normalized = text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
  const words = normalized.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  return [...new Set(words.map((word) => word.slice(0, maxTermLength)))];
}

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
  const texts = [...searchedFields.map((field) => link[field]), link.url?.split("/").at(-1)];
  const words = tokenize(texts.filter((text) => typeof text === "string").join(" "));
  return [...words.slice(0, maxTerms), ...(link.tags ?? []).map(tagTerm)];
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
