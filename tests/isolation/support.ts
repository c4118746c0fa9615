import { randomUUID } from "node:crypto";
import { z } from "zod";
import * as accountRoute from "@/app/api/trpc/account/[trpc]/route";
import * as portalRoute from "@/app/api/trpc/[tenant]/[environment]/[trpc]/route";
import { db } from "@/db/client";
import { memberships } from "@/db/schema/organisations";
import { sessionCookieName } from "@/server/auth/cookie";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { previewMessageInput } from "@/server/schemas/messages";
import type { Role } from "@/server/schemas/permissions";
import { listActivity } from "@/server/services/activity";
import { listMonitoredScripts } from "@/server/services/element-scripts/read";
import { checkScripts } from "@/server/services/element-scripts/monitor";
import { listForms } from "@/server/services/forms";
import { listPatientFiles } from "@/server/services/patients/files";
import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import { listPracticeAutomatedMessages } from "@/server/services/automated-messages/read";
import { listLinkTasks } from "@/server/services/tasks/read";
import { createApiKey } from "@/server/services/api-keys/create";
import { startBulkUpload } from "@/server/services/bulk-uploads/control";
import { addBulkUploadRows, createBulkUpload } from "@/server/services/bulk-uploads/create";
import { upsertSavedView } from "@/server/services/links/saved-views";
import { createBookingLink } from "@/server/services/links/create";
import { previewMessage } from "@/server/services/messages/preview";
import { previewMergeForRequest } from "@/server/services/merges/preview";
import { requestMerge } from "@/server/services/merges/request";
import { createPlacement } from "@/server/services/placements/save";
import type { TenantContext } from "@/server/tenancy/context";
import { resolveTenantContext } from "@/server/tenancy/session";
import {
  createFormResponse,
  createPatientCase,
  getSandboxPractice,
  listHeroCalls,
  listTestPatients,
} from "../support/hero";
import { insertChangeBatch } from "../support/change-batches";
import { insertBatchesToDecide } from "../support/checked-batches";
import { insertMessageBatchRows } from "../support/message-batch-rows";
import { insertMessageRows } from "../support/message-rows";
import { insertPatientRows } from "../support/patient-rows";
import { insertWebhookRows } from "../support/webhook-rows";
import { createPerson, createTenant, firstBookingChoice } from "../support/tenants";
import { expect } from "vitest";
import { connectAsSuperuser } from "../setup/database";
import { accountProcedures } from "./account-procedures";
import type { PortalEntry, TenantFixture } from "./procedure-entry";
import { messageDraft, portalProcedures } from "./procedures";

export const sql = connectAsSuperuser();

export const portalEntries = Object.entries(portalProcedures).map(([name, entry]) => ({
  name,
  ...entry,
}));
export const accountEntries = Object.entries(accountProcedures).map(([name, entry]) => ({
  name,
  ...entry,
}));

/** A whole sentence. */
export const sentence = /^[A-Z].*\.$/;

type ProcedureScope = { tenant: string; environment: string } | "account";

type ProcedureCall = {
  scope: ProcedureScope;
  procedure: string;
  kind: PortalEntry["kind"];
  /** Sent as is, so that it can be invalid JSON; undefined sends no body. */
  body?: string | undefined;
  token?: string | undefined;
  headers?: Record<string, string>;
};

const responseSchema = z.object({
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

/** Calls a procedure through the route handler. */
export async function callProcedureRaw(call: ProcedureCall) {
  const { scope, procedure, kind, body, token } = call;
  const path = scope === "account" ? "account" : `${scope.tenant}/${scope.environment}`;
  const url = new URL(`/api/trpc/${path}/${procedure}`, "http://localhost:3000");
  if (kind !== "mutation" && body !== undefined) url.searchParams.set("input", body);
  const request = new Request(url, {
    method: kind === "mutation" ? "POST" : "GET",
    headers: {
      "content-type": "application/json",
      // Each call from another address, so that address limits do not apply.
      "x-forwarded-for": `test-${randomUUID()}`,
      ...(token && { cookie: `${sessionCookieName()}=${token}` }),
      ...call.headers,
    },
    body: kind === "mutation" ? (body ?? null) : null,
  });
  const response = await (scope === "account"
    ? accountRoute.POST(request)
    : portalRoute.POST(request, { params: Promise.resolve({ ...scope, trpc: procedure }) }));
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  const text = isStream ? await readFirstEvent(response) : await response.text();
  const { result, error } = responseSchema.parse(JSON.parse(text));
  return {
    status: response.status,
    text,
    data: result?.data,
    code: error?.data.code ?? "OK",
    message: error?.message ?? "",
    fieldErrors: error?.data.fieldErrors ?? {},
  };
}

/** The first event of a stream, as the result of a query; the stream is then closed. */
async function readFirstEvent(response: Response): Promise<string> {
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const [, data] = /^data: (.*)\nid: .*\n\n/m.exec(text) ?? [];
    if (data) return `{"result":{"data":${data}}}`;
  }
  throw new Error("The stream ended without an event.");
}

export type ProcedureResponse = Awaited<ReturnType<typeof callProcedureRaw>>;

export const callProcedure = ({
  input,
  ...call
}: Omit<ProcedureCall, "body"> & { input?: unknown }) =>
  callProcedureRaw({ ...call, body: input === undefined ? undefined : JSON.stringify(input) });

/** As `ask`, in a tenant's sandbox environment unless another is named. */
export const callPortalProcedure = (
  { name, kind }: { name: string; kind: PortalEntry["kind"] },
  tenant: string,
  options: Partial<Parameters<typeof callProcedure>[0]> & { environment?: string },
) => {
  const { environment = "sandbox", ...rest } = options;
  return callProcedure({ scope: { tenant, environment }, procedure: name, kind, ...rest });
};

/** Practices of the sandbox; each test file uses others, because they share its journal. */
type FixturePractices = {
  main: string;
  neighbour: string;
  spare: string;
  partner: "a" | "b" | "c";
};

const inDays = (days: number) => addDays(ukDateOf(new Date()), days);

/**
 * A tenant with one record of each kind, a member of each role and a link in each state. Two fixtures of
 * the same practices differ only in their ids and keys.
 */
export async function seedTenant({ main, neighbour, spare, partner }: FixturePractices) {
  const tenant = await createTenant();
  const practice = await getSandboxPractice(main, partner);
  const connected = await tenant.connect(practice);
  const ctx = await tenant.asOwner();
  const choice = await firstBookingChoice(ctx, connected.id);
  const createTestLink = () =>
    createBookingLink(ctx, {
      operationId: randomUUID(),
      practiceId: connected.id,
      ...choice,
      slotsFrom: inDays(2),
      slotsTo: inDays(8),
      expiresOn: inDays(9),
      maxUses: 2,
    });
  const link = await createTestLink();
  const closableLink = await createTestLink();
  const unknownLink = await createTestLink();
  const reconcilableLink = await createTestLink();
  await sql`update links set outcome = 'unknown', url = null, hero_link_id = null,
      requested_at = now() - interval '1 hour', expires_on = ${inDays(400)}
    where id in (${unknownLink.id}, ${reconcilableLink.id})`;
  const savedView = await upsertSavedView(ctx, { name: "Ends soon", query: "state=ends_soon" });
  const createTestBulkUpload = async (hasAllRows: boolean) => {
    const { id: bulkUploadId } = await createBulkUpload(ctx, {
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
      maxUses: 1,
    };
    if (hasAllRows) await addBulkUploadRows(ctx, { bulkUploadId, rows: [row as BulkUploadRow] });
    return bulkUploadId;
  };
  const openBulkUploadId = await createTestBulkUpload(false);
  const completeBulkUploadId = await createTestBulkUpload(true);
  const runningBulkUploadId = await createTestBulkUpload(true);
  await startBulkUpload(ctx, { bulkUploadId: runningBulkUploadId, confirmedRecipients: 1 });
  const tokens = { owner: tenant.owner.token } as Record<Role, string>;
  for (const role of ["admin", "developer", "operator", "viewer", "auditor"] as const) {
    const member = await createPerson(`${role} person`);
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
  const merges = await seedMerges(
    ctx,
    { practiceId: connected.id, practiceGroupId: main },
    tokens,
    tenant.slug,
  );
  await checkScripts();
  const [script] = await listMonitoredScripts(ctx);
  const { items } = await listActivity(ctx, { limit: 1 });
  const [form] = await listForms(ctx, { practiceId: connected.id });
  const patient = (await listTestPatients(main)).find(
    ({ isArchived, isRestricted, isDeceased }) => !isArchived && !isRestricted && !isDeceased,
  );
  const { appointmentId, heldAppointmentId, mergeId } = await insertPatientRows(
    ctx,
    connected.id,
    patient?.patientId ? { patientId: patient.patientId } : {},
  );
  const messageIds = await insertMessageRows(
    ctx,
    connected.id,
    patient?.patientId ? { patientId: patient.patientId } : {},
  );
  const batchIds = await insertMessageBatchRows(
    ctx,
    connected.id,
    patient?.patientId ? { patientId: patient.patientId } : {},
  );
  const { tenant: admin } = await resolveTenantContext(
    tokens.admin,
    { tenant: tenant.slug, environment: "sandbox" },
    randomUUID(),
  );
  const batchesToDecide = await insertBatchesToDecide(ctx, admin, {
    practiceId: connected.id,
    patientId: patient?.patientId ?? "901",
  });
  const { previewFingerprint, refusal } = await previewMessage(
    ctx,
    previewMessageInput.parse(
      messageDraft({
        practiceId: connected.id,
        patientId: patient?.patientId ?? "",
        linkId: link.id,
      }),
    ),
  );
  if (refusal !== null) throw new Error(`The message was refused: ${refusal}`);
  const webhookIds = await insertWebhookRows(ctx, connected.id, link.id);
  const taskIds = await seedTask(ctx, { practiceId: connected.id, practiceGroupId: main }, link.id);
  await insertChangeBatch(ctx, link.id);
  const [patientWithFile] = (await createPatientCase(main, "attachments")).patients;
  const patientWithFileId = patientWithFile?.patientId ?? "";
  const { files } = await listPatientFiles(ctx, {
    practiceId: connected.id,
    patientId: patientWithFileId,
  });
  const fixture: TenantFixture = {
    patientWithFileId,
    fileId: files[0]?.id ?? "",
    patientId: patient?.patientId ?? "",
    patientDateOfBirth: patient?.dateOfBirth ?? "",
    practiceId: connected.id,
    credentialId: connected.credential.id,
    practiceGroupId: practice.practiceGroupId,
    apiKey: practice.apiKey,
    networkPracticeGroupId: neighbour,
    spare: await getSandboxPractice(spare, partner),
    choice,
    formId: form?.id ?? "",
    linkId: link.id,
    closableLinkId: closableLink.id,
    unknownLinkId: unknownLink.id,
    reconcilableLinkId: reconcilableLink.id,
    viewId: savedView.id,
    openBulkUploadId,
    completeBulkUploadId,
    runningBulkUploadId,
    appointmentId,
    heldAppointmentId,
    mergeId,
    ...merges,
    ...messageIds,
    ...batchIds,
    ...batchesToDecide,
    messageFingerprint: previewFingerprint ?? "",
    ...webhookIds,
    ...taskIds,
    operationId: link.operationId,
    auditId: items[0]?.id ?? "",
    apiKeyId: apiKey.view.id,
    placementId: placement.id,
    script: { url: script?.url ?? "", sha256: script?.versions[0]?.sha256 ?? "" },
  };
  return { tenant, tenantId: ctx.tenantId, ownerId: tenant.owner.id, tokens, fixture: fixture };
}

/** A form that was sent through the link, with its task, and a message that Hero sends by itself. */
async function seedTask(
  ctx: TenantContext,
  { practiceId, practiceGroupId }: { practiceId: string; practiceGroupId: string },
  linkId: string,
) {
  const [patient] = (await createPatientCase(practiceGroupId, "found")).patients;
  const patientId = patient?.patientId ?? "";
  const [row] = await sql<{ id: string }[]>`
    select hero_link_id as id from links where id = ${linkId}`;
  const details = { linkId: row?.id ?? "", patientId, answers: "A cough" };
  const formResponseId = await createFormResponse(practiceGroupId, details);
  await sql`update link_form_responses set hero_form_response_id = ${formResponseId}
    where link_id = ${linkId}`;
  const { items } = await listLinkTasks(ctx, { linkId });
  const task = items.find((each) => each.patientId === patientId);
  if (!task) throw new Error("The form has no task.");
  const automated = await listPracticeAutomatedMessages(ctx, { practiceId });
  const welcome = automated.items.find(({ type }) => type === "registration_welcome");
  return { formResponseId, taskId: task.id, automatedMessageId: welcome?.id ?? "" };
}

/** Merges in the states that procedures need. The admin requests, so that the owner can decide. */
async function seedMerges(
  owner: TenantContext,
  { practiceId, practiceGroupId }: { practiceId: string; practiceGroupId: string },
  { admin: adminToken }: Record<Role, string>,
  slug: string,
) {
  const path = { tenant: slug, environment: "sandbox" };
  const { tenant: admin } = await resolveTenantContext(adminToken, path, randomUUID());
  const comparePair = async (ctx: TenantContext) => {
    const [patient, other] = (await createPatientCase(practiceGroupId, "mergeable")).patients;
    const pair = { patientId: patient?.patientId ?? "", otherPatientId: other?.patientId ?? "" };
    const preview = await previewMergeForRequest(ctx, { practiceId, ...pair });
    if (preview.outcome !== "can_be_merged") throw new Error("The records cannot be merged.");
    return { ...pair, previewFingerprint: preview.previewFingerprint };
  };
  const request = async () => {
    const pair = await comparePair(admin);
    const { id } = await requestMerge(admin, { operationId: randomUUID(), practiceId, ...pair });
    return { mergeId: id, previewFingerprint: pair.previewFingerprint };
  };
  const approvableMerge = await request();
  const { mergeId: refusableMergeId } = await request();
  const { mergeId: unknownMergeId } = await request();
  await sql`update patient_merges set outcome = 'unknown', sent_at = now()
    where id = ${unknownMergeId}`;
  return {
    approvableMerge,
    refusableMergeId,
    unknownMergeId,
    mergePair: await comparePair(owner),
  };
}

export type SeededTenant = Awaited<ReturnType<typeof seedTenant>>;

/** An id that nothing has. As a cursor it is after every record, because records are numbered by time. */
export const unusedId = () => `f${randomUUID().slice(1)}`;

/** The texts that would reveal a tenant in a response to another one. */
const identifyingValues = ({ tenant, tenantId, ownerId, fixture }: SeededTenant): string[] => [
  tenant.slug,
  tenantId,
  ownerId,
  tenant.owner.email,
  fixture.practiceId,
  fixture.credentialId,
  fixture.apiKey,
  fixture.linkId,
  fixture.closableLinkId,
  fixture.unknownLinkId,
  fixture.reconcilableLinkId,
  fixture.viewId,
  fixture.openBulkUploadId,
  fixture.completeBulkUploadId,
  fixture.runningBulkUploadId,
  fixture.appointmentId,
  fixture.heldAppointmentId,
  fixture.mergeId,
  fixture.messageId,
  fixture.messageOperationId,
  fixture.messageTemplateId,
  fixture.openBatchId,
  fixture.completeBatchId,
  fixture.batchId,
  fixture.batchOperationId,
  fixture.approvableBatchId,
  fixture.refusableBatchId,
  fixture.requestedBatchId,
  fixture.sendableBatchId,
  fixture.runningBatchId,
  fixture.sentBatchId,
  fixture.endpointId,
  fixture.registrationId,
  fixture.deliveryId,
  fixture.eventId,
  fixture.destinationId,
  fixture.secretId,
  fixture.approvableMerge.mergeId,
  fixture.refusableMergeId,
  fixture.unknownMergeId,
  fixture.operationId,
  fixture.auditId,
  fixture.apiKeyId,
];

// Counters, heartbeats and the log of calls, which rejected requests change too.
const volatileTables = ["hero_requests", "hero_limits", "rate_limits", "workers"];

/** A hash of each table, of all rows or one tenant's, read as superuser. The waiting jobs count as a table. */
export async function hashTables(tenantId?: string): Promise<Record<string, string>> {
  const tables = await sql<{ name: string; has_tenant: boolean }[]>`
    select c.oid::regclass::text as name, exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'
    ) as has_tenant
    from pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition
      and (c.relnamespace = 'public'::regnamespace or c.oid = 'pgboss.job'::regclass)
      and c.relname <> all (${volatileTables})
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

const countHeroCalls = (tenants: readonly SeededTenant[]) =>
  Promise.all(tenants.map(async ({ fixture }) => (await listHeroCalls(fixture.apiKey)).length));

/** Runs `work` and expects that it changed no row and called Hero for none of the tenants. */
export async function expectNoChanges<Result>(
  tenants: readonly SeededTenant[],
  task: () => Promise<Result>,
): Promise<Result> {
  const rows = await hashTables();
  const calls = await countHeroCalls(tenants);
  const result = await task();
  expect(await hashTables()).toEqual(rows);
  expect(await countHeroCalls(tenants)).toEqual(calls);
  return result;
}

export function expectNoDataOf(tenant: SeededTenant, text: string): void {
  for (const value of identifyingValues(tenant)) expect(text).not.toContain(value);
}

/** Turns row-level security off in this file's database. */
export async function disableRowSecurity(): Promise<void> {
  const securedTables = await sql<{ name: string }[]>`
    select oid::regclass::text as name from pg_class where relrowsecurity`;
  for (const { name } of securedTables) {
    await sql.unsafe(`alter table ${name} disable row level security`);
  }
}
