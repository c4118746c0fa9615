import "server-only";
import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import { linkTextFields } from "../../schemas/links/rules";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { actorName } from "../actors";
import { isHeldLink } from "../patients/replaced";
import { deriveLinkState, linkClock } from "./filter";
import { type PageOrder, pageOrders } from "./pagination";

const unknownOutcomeMessage =
  "No response from Hero. The link may exist. Check with the practice before creating another.";

const heldMessage =
  "Hero merged this patient's record into another one. The link is held until someone releases it on the patient's page.";

type LinkRow = typeof links.$inferSelect;

/** Columns of the view, and those that it is derived from. */
const columnNames = [
  ...linkTextFields,
  "id",
  "operationId",
  "kind",
  "outcome",
  "failure",
  "failureCode",
  "bulkUploadId",
  "patientId",
  "appointmentTypeId",
  "appointmentTypeName",
  "locationId",
  "locationName",
  "practitionerId",
  "practitionerName",
  "formId",
  "formTitle",
  "slotsFrom",
  "slotsTo",
  "expiresOn",
  "maxUses",
  "uses",
  "opens",
  "url",
  "requestedAt",
  "createdAt",
  "refreshedAt",
  "closedAt",
  "stoppedAt",
] as const satisfies (keyof LinkRow)[];

/** The driver returns timestamps as text. */
type TimestampsAsText<Row> = {
  [Key in keyof Row]: Row[Key] extends Date
    ? string
    : Row[Key] extends Date | null
      ? string | null
      : Row[Key];
};

type ViewRow = TimestampsAsText<Pick<LinkRow, (typeof columnNames)[number]>> & {
  practiceId: string;
  practiceName: string;
  practicePublicName: string;
  practiceGroupId: string;
  userName: string | null;
  apiKeyName: string | null;
  isHeld: boolean;
};

// Written as SQL, once: for rows with this many columns, building the query and reading its rows with
// Drizzle takes longer than everything else in a list request.
const viewColumns = sql.raw(
  [
    ...columnNames.map((name) => `links.${links[name].name} as "${name}"`),
    `practices.id as "practiceId"`,
    `coalesce(practices.nickname, practices.name) as "practiceName"`,
    `practices.name as "practicePublicName"`,
    `practices.practice_group_id as "practiceGroupId"`,
    `users.name as "userName"`,
    `api_keys.name as "apiKeyName"`,
  ].join(", "),
);

const viewJoins = sql`
  join practices on practices.tenant_id = links.tenant_id
    and practices.environment = links.environment and practices.id = links.practice_id
  left join users on users.id = links.created_by
  left join api_keys on api_keys.tenant_id = links.tenant_id
    and api_keys.environment = links.environment and api_keys.id = links.created_by`;

export type LinkPageQuery = { where?: SQL | undefined; order?: PageOrder; limit: number };

/** This tenant's links in this environment, newest first unless an order is given. */
export async function selectLinkViews(
  tx: Transaction,
  ctx: TenantContext,
  { where, order = pageOrders.newest, limit }: LinkPageQuery,
): Promise<LinkView[]> {
  const orderBy = sql.join(order.orderBy, sql`, `);
  // The page is selected first, along a key. Joined and limited in one step, the plan that PostgreSQL
  // keeps for a named statement reads and sorts every link of the tenant. The subquery has the table's
  // own name, so that `order` refers to it.
  const rows = await tx.execute<ViewRow>(sql`
    select ${viewColumns}, ${isHeldLink} as "isHeld"
    from (
      select * from ${links} where ${and(inScope(links, ctx), where)} order by ${orderBy} limit ${limit}
    ) links ${viewJoins}
    order by ${orderBy}`);
  const clock = linkClock();
  return rows.map((row) => toLinkView(row, clock));
}

const namedOrNull = (id: string | null, name: string | null) =>
  id ? { id, name: name ?? id } : null;

const toIso = (timestamp: string) => new Date(timestamp).toISOString();

function toLinkView(row: ViewRow, clock: ReturnType<typeof linkClock>): LinkView {
  const state = deriveLinkState(row, clock);
  return {
    id: row.id,
    operationId: row.operationId,
    kind: row.kind,
    audience: row.patientId ? "patient_invite" : "generic",
    state,
    reason: row.isHeld
      ? heldMessage
      : (row.failure ?? (state === "unknown" ? unknownOutcomeMessage : null)),
    failureCode: row.failureCode,
    ...pick(row, linkTextFields),
    practice: {
      id: row.practiceId,
      name: row.practiceName,
      publicName: row.practicePublicName,
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
    url: row.isHeld ? null : row.url,
    isHeld: row.isHeld,
    bulkUploadId: row.bulkUploadId,
    createdBy: actorName(row.userName, row.apiKeyName),
    createdAt: toIso(row.createdAt),
    refreshedAt: row.refreshedAt && toIso(row.refreshedAt),
    closedAt: row.closedAt && toIso(row.closedAt),
  };
}

function pick<Value, Key extends keyof Value>(
  value: Value,
  keys: readonly Key[],
): Pick<Value, Key> {
  return Object.fromEntries(keys.map((key) => [key, value[key]])) as Pick<Value, Key>;
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
