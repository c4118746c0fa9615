import "server-only";
import { and, eq, type SQL } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { apiKeys } from "@/db/schema/api-keys";
import { links } from "@/db/schema/links";
import { practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { deriveLinkState } from "./filter";
import { type PageOrder, pageOrders } from "./pagination";

const unknownOutcomeMessage =
  "We asked Hero for this link and lost the answer. A link may exist. Check with the practice before making another.";

const namedOrNull = (id: string | null, name: string | null) =>
  id ? { id, name: name ?? id } : null;

const columns = {
  id: links.id,
  operationId: links.operationId,
  outcome: links.outcome,
  kind: links.kind,
  failureCode: links.failureCode,
  reference: links.reference,
  tags: links.tags,
  bulkUploadId: links.bulkUploadId,
  formId: links.formId,
  formTitle: links.formTitle,
  stoppedAt: links.stoppedAt,
  name: links.name,
  practiceId: links.practiceId,
  practiceName: practices.name,
  practiceNickname: practices.nickname,
  practiceGroupId: practices.practiceGroupId,
  appointmentTypeId: links.appointmentTypeId,
  appointmentTypeName: links.appointmentTypeName,
  locationId: links.locationId,
  locationName: links.locationName,
  practitionerId: links.practitionerId,
  practitionerName: links.practitionerName,
  patientId: links.patientId,
  slotsFrom: links.slotsFrom,
  slotsTo: links.slotsTo,
  expiresOn: links.expiresOn,
  maxUses: links.maxUses,
  uses: links.uses,
  opens: links.opens,
  url: links.url,
  failure: links.failure,
  createdBy: users.name,
  createdByApiKey: apiKeys.name,
  createdAt: links.createdAt,
  requestedAt: links.requestedAt,
  refreshedAt: links.refreshedAt,
  closedAt: links.closedAt,
};

export type LinkPageQuery = { where?: SQL | undefined; order?: PageOrder; limit: number };

/** This tenant's links in this environment, newest first unless an order is given. */
export async function selectLinkViews(
  tx: Transaction,
  ctx: TenantContext,
  { where, order = pageOrders.newest, limit }: LinkPageQuery,
): Promise<LinkView[]> {
  const now = new Date();
  // The page is cut out first, along a key. Joined and limited in one go, the plan that PostgreSQL
  // keeps for a named statement reads and sorts every link of the tenant. The cut goes by the table's
  // own name, so that `columns` and `order` mean it.
  const page = tx
    .select()
    .from(links)
    .where(and(inScope(links, ctx), where))
    .orderBy(...order.orderBy)
    .limit(limit)
    .as("links");
  const rows = await tx
    .select(columns)
    .from(page)
    .innerJoin(practices, and(sameScope(practices, links), eq(practices.id, links.practiceId)))
    .leftJoin(users, eq(users.id, links.createdBy))
    .leftJoin(apiKeys, and(sameScope(apiKeys, links), eq(apiKeys.id, links.createdBy)))
    .orderBy(...order.orderBy);
  return rows.map((row) => {
    const state = deriveLinkState(row, now);
    return {
      id: row.id,
      kind: row.kind,
      audience: row.patientId ? "patient_invite" : "generic",
      state,
      reason: row.failure ?? (state === "unknown" ? unknownOutcomeMessage : null),
      failureCode: row.failureCode,
      name: row.name,
      reference: row.reference,
      tags: row.tags,
      bulkUploadId: row.bulkUploadId,
      practice: {
        id: row.practiceId,
        name: row.practiceNickname ?? row.practiceName,
        practiceGroupId: row.practiceGroupId,
      },
      appointmentType: namedOrNull(row.appointmentTypeId, row.appointmentTypeName),
      location: namedOrNull(row.locationId, row.locationName),
      practitioner: namedOrNull(row.practitionerId, row.practitionerName),
      form: namedOrNull(row.formId, row.formTitle),
      patientId: row.patientId,
      slotsFrom: row.slotsFrom,
      slotsTo: row.slotsTo,
      expiresOn: row.expiresOn,
      maxUses: row.maxUses,
      uses: row.uses,
      opens: row.opens,
      url: row.url,
      operationId: row.operationId,
      createdBy:
        row.createdBy ?? (row.createdByApiKey ? `API key: ${row.createdByApiKey}` : "Portal"),
      createdAt: row.createdAt.toISOString(),
      refreshedAt: row.refreshedAt?.toISOString() ?? null,
      closedAt: row.closedAt?.toISOString() ?? null,
    };
  });
}

/** @throws NotFoundError */
export async function getLinkView(
  tx: Transaction,
  ctx: TenantContext,
  linkId: string,
): Promise<LinkView> {
  const [view] = await selectLinkViews(tx, ctx, { where: eq(links.id, linkId), limit: 1 });
  if (!view) throw new NotFoundError();
  return view;
}
