import { randomUUID } from "node:crypto";
import { z } from "zod";
import * as accountRoute from "@/app/api/trpc/account/[trpc]/route";
import * as portalRoute from "@/app/api/trpc/[tenant]/[environment]/[trpc]/route";
import { db } from "@/db/client";
import { memberships } from "@/db/schema/organisations";
import { sessionCookieName } from "@/server/auth/cookie";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { Role } from "@/server/schemas/organisations";
import { listActivity } from "@/server/services/activity";
import { listWatchedScripts } from "@/server/services/element-scripts/read";
import { watchScripts } from "@/server/services/element-scripts/watch";
import { listForms } from "@/server/services/forms";
import type { BulkRow } from "@/server/schemas/bulk";
import { createApiKey } from "@/server/services/api-keys/create";
import { startBulk } from "@/server/services/bulk/control";
import { addBulkRows, createBulk } from "@/server/services/bulk/create";
import { saveLinkView } from "@/server/services/links/saved-views";
import { createLink } from "@/server/services/links/create";
import { createPlacement } from "@/server/services/placements/save";
import { getBookingOptions } from "@/server/services/practices/read";
import { findPractice, listCalls } from "../support/hero";
import { makePerson, makeTenant } from "../support/tenants";
import { expect } from "vitest";
import { connectAsSuperuser } from "../setup/database";
import { accountProcedures, type Belongings, portalProcedures } from "./procedures";

export const sql = connectAsSuperuser();

export const portal = Object.entries(portalProcedures).map(([name, entry]) => ({ name, ...entry }));
export const account = Object.entries(accountProcedures).map(([name, entry]) => ({
  name,
  ...entry,
}));

/** Words for people: a whole sentence. */
export const sentence = /^[A-Z].*\.$/;

type Place = { tenant: string; environment: string } | "account";

type Asked = {
  place: Place;
  procedure: string;
  kind: "query" | "mutation";
  /** Raw, so that text that is not JSON can be sent too; undefined sends none. */
  body?: string | undefined;
  token?: string | undefined;
  headers?: Record<string, string>;
};

const answerShape = z.object({
  result: z.object({ data: z.unknown() }).optional(),
  error: z
    .object({
      message: z.string(),
      data: z.looseObject({
        code: z.string(),
        fieldErrors: z.record(z.string(), z.string()).optional(),
      }),
    })
    .optional(),
});

/** Asks a procedure through the route handler itself, as the server would. */
export async function askRaw(asked: Asked) {
  const { place, procedure, kind, body, token } = asked;
  const path = place === "account" ? "account" : `${place.tenant}/${place.environment}`;
  const url = new URL(`/api/trpc/${path}/${procedure}`, "http://localhost:3000");
  if (kind === "query" && body !== undefined) url.searchParams.set("input", body);
  const request = new Request(url, {
    method: kind === "query" ? "GET" : "POST",
    headers: {
      "content-type": "application/json",
      // Each call from elsewhere, so that the limits on addresses are not what answers.
      "x-forwarded-for": `test-${randomUUID()}`,
      ...(token && { cookie: `${sessionCookieName()}=${token}` }),
      ...asked.headers,
    },
    body: kind === "mutation" ? (body ?? null) : null,
  });
  const answer = await (place === "account"
    ? accountRoute.POST(request)
    : portalRoute.POST(request, { params: Promise.resolve(place) }));
  const text = await answer.text();
  const { result, error } = answerShape.parse(JSON.parse(text));
  return {
    status: answer.status,
    text,
    data: result?.data,
    code: error?.data.code ?? "OK",
    message: error?.message ?? "",
    fieldErrors: error?.data.fieldErrors ?? {},
  };
}

export type Answer = Awaited<ReturnType<typeof askRaw>>;

export const ask = ({ input, ...asked }: Omit<Asked, "body"> & { input?: unknown }) =>
  askRaw({ ...asked, body: input === undefined ? undefined : JSON.stringify(input) });

/** As `ask`, in a tenant's sandbox environment unless another is named. */
export const askPortal = (
  { name, kind }: { name: string; kind: "query" | "mutation" },
  tenant: string,
  given: Partial<Parameters<typeof ask>[0]> & { environment?: string },
) => {
  const { environment = "sandbox", ...rest } = given;
  return ask({ place: { tenant, environment }, procedure: name, kind, ...rest });
};

/** Practices of the sandbox; each test file takes others, because they share its journal of calls. */
type Keys = { main: string; neighbour: string; spare: string; partner: "a" | "b" | "c" };

const inDays = (days: number) => addDays(ukDateOf(new Date()), days);

/**
 * A tenant with one of everything, a member of each role, and a link in each state that inputs need.
 * Two of them made of the same practices differ in their ids and keys only.
 */
export async function furnishTenant({ main, neighbour, spare, partner }: Keys) {
  const tenant = await makeTenant();
  const practice = await findPractice(main, partner);
  const connected = await tenant.connect(practice);
  const ctx = await tenant.as();
  const options = await getBookingOptions(ctx, { practiceId: connected.id });
  const choice = {
    appointmentTypeId: options.appointmentTypes[0]?.id ?? "",
    locationId: options.locations[0]?.id ?? "",
  };
  const makeLink = () =>
    createLink(ctx, {
      operationId: randomUUID(),
      practiceId: connected.id,
      ...choice,
      slotsFrom: inDays(2),
      slotsTo: inDays(8),
      expiresOn: inDays(9),
      maximumUses: 2,
    });
  const link = await makeLink();
  const closable = await makeLink();
  const unknown = await makeLink();
  const readable = await makeLink();
  await sql`update links set outcome = 'unknown', url = null, hero_link_id = null,
      asked_at = now() - interval '1 hour', expires_on = ${inDays(400)}
    where id in (${unknown.id}, ${readable.id})`;
  const view = await saveLinkView(ctx, { name: "Ends soon", query: "state=ends_soon" });
  const makeBulk = async (isWhole: boolean) => {
    const { id: bulkId } = await createBulk(ctx, {
      operationId: randomUUID(),
      name: "Letters",
      kind: "booking",
      rowCount: 1,
      columns: {},
    });
    const row = {
      rowNumber: 1,
      reference: undefined,
      patientId: undefined,
      practiceId: connected.id,
      ...choice,
      expiresOn: inDays(9),
      maximumUses: 1,
    };
    if (isWhole) await addBulkRows(ctx, { bulkId, rows: [row as BulkRow] });
    return bulkId;
  };
  const openBulkId = await makeBulk(false);
  const wholeBulkId = await makeBulk(true);
  const runningBulkId = await makeBulk(true);
  await startBulk(ctx, { bulkId: runningBulkId, confirmedRecipients: 1 });
  const tokens = { owner: tenant.owner.token } as Record<Role, string>;
  for (const role of ["admin", "developer", "operator", "viewer", "auditor"] as const) {
    const member = await makePerson(`${role} person`);
    await db.tenant(ctx, (tx) =>
      tx.insert(memberships).values({ tenantId: ctx.tenantId, userId: member.id, role }),
    );
    tokens[role] = member.token;
  }
  const apiKey = await createApiKey(ctx, { name: "Server", permissions: ["links.read"] });
  const placement = await createPlacement(ctx, {
    element: "hh-message-builder",
    name: "Messages",
    practiceIds: [connected.id],
    origins: ["https://app.example.org"],
    theme: null,
    attributes: {},
  });
  await watchScripts();
  const [watched] = await listWatchedScripts(ctx);
  const { items } = await listActivity(ctx, { limit: 1 });
  const [form] = await listForms(ctx, { practiceId: connected.id });
  const belongings: Belongings = {
    practiceId: connected.id,
    credentialId: connected.credential.id,
    practiceGroupId: practice.practiceGroupId,
    apiKey: practice.apiKey,
    networkPracticeGroupId: neighbour,
    spare: await findPractice(spare, partner),
    choice,
    formId: form?.id ?? "",
    linkId: link.id,
    closableLinkId: closable.id,
    unknownLinkId: unknown.id,
    readableLinkId: readable.id,
    viewId: view.id,
    openBulkId,
    wholeBulkId,
    runningBulkId,
    operationId: link.operationId,
    auditId: items[0]?.id ?? "",
    apiKeyId: apiKey.view.id,
    placementId: placement.id,
    script: { url: watched?.url ?? "", sha256: watched?.versions[0]?.sha256 ?? "" },
  };
  return { tenant, tenantId: ctx.tenantId, ownerId: tenant.owner.id, tokens, belongings };
}

export type Furnished = Awaited<ReturnType<typeof furnishTenant>>;

/** What would give a tenant away in an answer to another one. */
const marksOf = ({ tenant, tenantId, ownerId, belongings }: Furnished): string[] => [
  tenant.slug,
  tenantId,
  ownerId,
  tenant.owner.email,
  belongings.practiceId,
  belongings.credentialId,
  belongings.apiKey,
  belongings.linkId,
  belongings.closableLinkId,
  belongings.unknownLinkId,
  belongings.readableLinkId,
  belongings.viewId,
  belongings.openBulkId,
  belongings.wholeBulkId,
  belongings.runningBulkId,
  belongings.operationId,
  belongings.auditId,
  belongings.apiKeyId,
];

// Counters and heartbeats, which every request moves, and the log of calls, which refused ones may add to.
const restless = ["hero_requests", "hero_limits", "rate_limits", "workers"];

/**
 * A hash of each table, of all rows or of one tenant's, as it really is and not as a role may see it.
 * The jobs waiting in the queue count as a table.
 */
export async function hashTables(tenantId?: string): Promise<Record<string, string>> {
  const tables = await sql<{ name: string; has_tenant: boolean }[]>`
    select c.oid::regclass::text as name, exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'
    ) as has_tenant
    from pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition
      and (c.relnamespace = 'public'::regnamespace or c.oid = 'pgboss.job'::regclass)
      and c.relname <> all (${restless})
    order by 1`;
  const parts = tables
    .filter(({ has_tenant }) => has_tenant || !tenantId)
    .map(
      ({ name }) => `
        select '${name}' as name, md5(coalesce(string_agg(line, e'\\n' order by line), '')) as hash
        from (
          select (to_jsonb(t) - 'last_seen_at')::text as line from ${name} t
          ${tenantId ? `where tenant_id = '${tenantId}'` : ""}
        ) lines`,
    );
  const rows = await sql.unsafe<{ name: string; hash: string }[]>(parts.join(" union all "));
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}

const countCalls = (tenants: readonly Furnished[]) =>
  Promise.all(tenants.map(async ({ belongings }) => (await listCalls(belongings.apiKey)).length));

/** Runs `work` and proves that it changed no row of anybody and called Hero for none of the tenants. */
export async function expectNothingDone<Result>(
  tenants: readonly Furnished[],
  work: () => Promise<Result>,
): Promise<Result> {
  const rows = await hashTables();
  const calls = await countCalls(tenants);
  const result = await work();
  expect(await hashTables()).toEqual(rows);
  expect(await countCalls(tenants)).toEqual(calls);
  return result;
}

export function expectNothingOf(tenant: Furnished, text: string): void {
  for (const mark of marksOf(tenant)) expect(text).not.toContain(mark);
}

/** Takes row-level security away from this file's database, so that the services have to hold alone. */
export async function dropRowSecurity(): Promise<void> {
  const secured = await sql<{ name: string }[]>`
    select oid::regclass::text as name from pg_class where relrowsecurity`;
  for (const { name } of secured) {
    await sql.unsafe(`alter table ${name} disable row level security`);
  }
}
