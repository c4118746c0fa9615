import "server-only";
import { and, eq, getTableColumns, type SQL } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { apiKeys } from "@/db/schema/api-keys";
import { links } from "@/db/schema/links";
import { practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import { linkTextFields } from "../../schemas/links/rules";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { actorName } from "../actors";
import { deriveLinkState, linkClock } from "./filter";
import { type PageOrder, pageOrders } from "./pagination";

const unknownOutcomeMessage =
  "No response from Hero. The link may exist. Check with the practice before creating another.";

/** Columns that people see unchanged. */
const shownColumns = [
  ...linkTextFields,
  "id",
  "operationId",
  "kind",
  "failureCode",
  "bulkUploadId",
  "patientId",
  "slotsFrom",
  "slotsTo",
  "expiresOn",
  "maxUses",
  "uses",
  "opens",
  "url",
] as const;

/** Columns that the view is derived from. */
const sourceColumns = [
  "outcome",
  "failure",
  "appointmentTypeId",
  "appointmentTypeName",
  "locationId",
  "locationName",
  "practitionerId",
  "practitionerName",
  "formId",
  "formTitle",
  "createdAt",
  "requestedAt",
  "refreshedAt",
  "closedAt",
  "stoppedAt",
] as const;

function pick<Value extends object, Key extends keyof Value>(
  value: Value,
  keys: readonly Key[],
): Pick<Value, Key> {
  return Object.fromEntries(keys.map((key) => [key, value[key]])) as Pick<Value, Key>;
}

const columns = {
  shown: pick(getTableColumns(links), shownColumns),
  source: pick(getTableColumns(links), sourceColumns),
  practice: {
    id: practices.id,
    name: practices.name,
    nickname: practices.nickname,
    practiceGroupId: practices.practiceGroupId,
  },
  userName: users.name,
  apiKeyName: apiKeys.name,
};

const namedOrNull = (id: string | null, name: string | null) =>
  id ? { id, name: name ?? id } : null;

export type LinkPageQuery = { where?: SQL | undefined; order?: PageOrder; limit: number };

/** This tenant's links in this environment, newest first unless an order is given. */
export async function selectLinkViews(
  tx: Transaction,
  ctx: TenantContext,
  { where, order = pageOrders.newest, limit }: LinkPageQuery,
): Promise<LinkView[]> {
  const clock = linkClock();
  // The page is selected first, along a key. Joined and limited in one step, the plan that PostgreSQL
  // keeps for a named statement reads and sorts every link of the tenant. The subquery has the table's
  // own name, so that `columns` and `order` refer to it.
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
  return rows.map(({ shown, source, practice, userName, apiKeyName }) => {
    const state = deriveLinkState({ ...shown, ...source }, clock);
    return {
      ...shown,
      audience: shown.patientId ? "patient_invite" : "generic",
      state,
      reason: source.failure ?? (state === "unknown" ? unknownOutcomeMessage : null),
      practice: {
        id: practice.id,
        name: practice.nickname ?? practice.name,
        practiceGroupId: practice.practiceGroupId,
      },
      appointmentType: namedOrNull(source.appointmentTypeId, source.appointmentTypeName),
      location: namedOrNull(source.locationId, source.locationName),
      practitioner: namedOrNull(source.practitionerId, source.practitionerName),
      form: namedOrNull(source.formId, source.formTitle),
      createdBy: actorName(userName, apiKeyName),
      createdAt: source.createdAt.toISOString(),
      refreshedAt: source.refreshedAt?.toISOString() ?? null,
      closedAt: source.closedAt?.toISOString() ?? null,
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
