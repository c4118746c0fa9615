import "server-only";
import { and, desc, inArray, isNotNull, type SQL, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { messageRecipients } from "@/db/schema/message-batches";
import { inScope } from "@/db/scope";
import { maxRowsPerChunk } from "../../schemas/bulk-upload-limits";
import { InvalidInputError } from "../../errors";
import type {
  CreateMessageBatchFromLinksInput,
  MessageBatchView,
} from "../../schemas/message-batches";
import { maxRecipients } from "../../schemas/message-batches";
import type { LinkFilters } from "../../schemas/links/list";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { filterConditions } from "../links/filter";
import { findSearch, listSearchPageIds } from "../links/search";
import { findExistingBatch, insertBatch, requireBatchPermissions, requireSendable } from "./create";
import { beginCheck } from "./request-check";
import { getBatchView } from "./view";

/**
 * Creates a batch to the patients of the ledger's links that the filters select, and has it checked. Each
 * patient is one recipient, with the newest of the patient's links. A repeated operation ID returns the same
 * batch.
 *
 * @throws NotFoundError unless the practice is connected, and for a link of another tenant or environment
 * @throws InvalidInputError on the field that cannot be sent, and on `filters` when they select nobody or too
 *   many
 * @throws OperationIdReusedError when the operation ID was used for something else
 */
export async function createMessageBatchFromLinks(
  ctx: TenantContext,
  input: CreateMessageBatchFromLinksInput,
): Promise<MessageBatchView> {
  requireBatchPermissions(ctx, input);
  requirePermission(ctx, "links.read");
  return db.tenant(ctx, async (tx) => {
    const existing = await findExistingBatch(tx, ctx, input);
    if (existing) return getBatchView(tx, ctx, existing.id);
    await requireSendable(tx, ctx, input);
    const invited = await selectInvited(tx, ctx, input);
    if (invited.length === 0) {
      throw new InvalidInputError("filters", "No links of patients match. Change the filters.");
    }
    if (invited.length > maxRecipients) {
      throw new InvalidInputError(
        "filters",
        "More than 50,000 patients match. Change the filters to select fewer.",
      );
    }
    const batch = await insertBatch(tx, ctx, input, { request: input, rowCount: invited.length });
    await insertKnownRecipients(
      tx,
      ctx,
      batch.id,
      invited.map(({ patientId, linkId }, index) => ({
        rowNumber: index + 1,
        patientId,
        linkId: input.link === "own" ? linkId : null,
      })),
    );
    await beginCheck(tx, ctx, batch);
    return getBatchView(tx, ctx, batch.id);
  });
}

type Invited = { patientId: string; linkId: string };

/** The patients of the links, each with the newest one, in the order of the links. */
async function selectInvited(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId, filters }: Pick<CreateMessageBatchFromLinksInput, "practiceId" | "filters">,
): Promise<Invited[]> {
  const matching = await searchCondition(tx, ctx, filters);
  if (matching === "none") return [];
  const rows = await tx
    .select({ linkId: links.id, patientId: sql<string>`${links.patientId}` })
    .from(links)
    .where(
      and(
        inScope(links, ctx),
        // Of the batch's practice only, whatever the filters say.
        sql`${links.practiceId} = ${practiceId}`,
        isNotNull(links.patientId),
        filterConditions(ctx, filters),
        matching,
      ),
    )
    .orderBy(desc(links.id));
  const newest = new Map<string, string>();
  for (const { patientId, linkId } of rows) {
    if (!newest.has(patientId)) newest.set(patientId, linkId);
  }
  return [...newest].map(([patientId, linkId]) => ({ patientId, linkId })).toReversed();
}

const searchPageSize = 5_000;

/** The condition of the filters' words and tag. */
async function searchCondition(
  tx: Transaction,
  ctx: TenantContext,
  filters: LinkFilters,
): Promise<SQL | undefined | "none"> {
  const search = await findSearch(tx, ctx, filters);
  if (!search) return undefined;
  if ("linkIds" in search) {
    return search.linkIds.length > 0 ? inArray(links.id, search.linkIds) : "none";
  }
  const ids: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await listSearchPageIds(tx, ctx, search, {
      filters,
      sort: "newest",
      limit: searchPageSize,
      ...(cursor && { cursor }),
    });
    ids.push(...page);
    cursor = page.at(-1);
    if (page.length < searchPageSize || ids.length > 4 * maxRecipients) break;
  }
  // As one value: a query has at most 65,535.
  return sql`${links.id} = any(${`{${ids.join(",")}}`}::uuid[])`;
}

/** Recipients whose ID at Hero is known. */
export async function insertKnownRecipients(
  tx: Transaction,
  ctx: TenantContext,
  batchId: string,
  recipients: readonly { rowNumber: number; patientId: string; linkId: string | null }[],
): Promise<void> {
  const { tenantId, environment } = ctx;
  for (let start = 0; start < recipients.length; start += maxRowsPerChunk) {
    await tx.insert(messageRecipients).values(
      recipients.slice(start, start + maxRowsPerChunk).map((recipient) => ({
        ...recipient,
        tenantId,
        environment,
        batchId,
        operationId: uuidv7(),
      })),
    );
  }
}
