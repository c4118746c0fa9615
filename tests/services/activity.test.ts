import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ForbiddenError } from "@/server/errors";
import { auditActions } from "@/server/schemas/activity";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { listActivity } from "@/server/services/activity";
import { closeLink, updateLink } from "@/server/services/links/update";
import { createBookingLink } from "@/server/services/links/create";
import { disconnectPractice, renamePractice } from "@/server/services/practices/change";
import { getBookingOptions } from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { getSandboxPractice, injectPatient } from "../support/hero";
import { createTenantPair, type TestTenant } from "../support/tenants";

const superuser = connectAsSuperuser();
const today = ukDateOf(new Date());
const patientId = "4217000421700042";

let tenant: TestTenant;
let ownCtx: TenantContext;
let otherCtx: TenantContext;
let apiKey: string;
let url: string | null;

beforeAll(async () => {
  const tenants = await createTenantPair();
  tenant = tenants.first;
  const practice = await getSandboxPractice("30297", "b");
  ({ apiKey } = practice);
  const { id: practiceId } = await tenant.connect(practice);
  ownCtx = await tenant.asOwner();
  otherCtx = await tenants.second.asOwner();
  const options = await getBookingOptions(ownCtx, { practiceId });
  const link = await createBookingLink(ownCtx, {
    operationId: randomUUID(),
    practiceId,
    appointmentTypeId: options.appointmentTypes[0]?.id ?? "",
    locationId: options.locations[0]?.id ?? "",
    name: "For Margaret Thistlewood, born 2 March 1951",
    expiresOn: addDays(today, 7),
    maxUses: 1,
  });
  ({ url } = link);
  await injectPatient({ key: apiKey }, { id: patientId });
  await createBookingLink(ownCtx, {
    operationId: randomUUID(),
    practiceId,
    appointmentTypeId: options.appointmentTypes[0]?.id ?? "",
    locationId: options.locations[0]?.id ?? "",
    patientId,
    expiresOn: addDays(today, 7),
    maxUses: 1,
  });
  await updateLink(ownCtx, { linkId: link.id, expiresOn: addDays(today, 9), maxUses: 2 });
  await closeLink(ownCtx, { linkId: link.id });
  await renamePractice(ownCtx, { practiceId, nickname: "Harbour" });
  await disconnectPractice(ownCtx, { practiceId });
});

const listActions = async (ctx: TenantContext) =>
  (await listActivity(ctx, { limit: 100 })).items.map(({ action }) => action);

describe("the activity of an organisation", () => {
  it("every change has a row, newest first, with who, what, when and the request", async () => {
    expect(await listActions(ownCtx)).toEqual([
      "Disconnected the practice",
      "Changed the practice's nickname",
      "Closed a link",
      "Changed a link",
      expect.stringMatching(/ a link$/),
      "Requested a link",
      "Created a link",
      "Requested a link",
      "Connected the practice",
      "Added a Hero API key",
      "Created the organisation",
    ]);
    const { items } = await listActivity(ownCtx, {});
    for (const item of items) {
      expect(item.actor).toBe("Olive Owner");
      expect(item.requestId).toMatch(/^[0-9a-f-]{36}$/);
      expect(Math.abs(Date.now() - Date.parse(item.occurredAt))).toBeLessThan(60_000);
    }
    const timestamps = items.map(({ occurredAt }) => occurredAt);
    expect(timestamps).toEqual([...timestamps].sort().reverse());
  });

  it("c30: activity contains no patient, link address, key or link name", async () => {
    const rows = await superuser`select * from audit_events`;
    const view = await listActivity(ownCtx, { limit: 100 });
    const text = JSON.stringify([rows, view]);
    expect(rows.length).toBeGreaterThan(10);
    expect(url).toMatch(/^http/);
    for (const secret of [
      url ?? "",
      patientId,
      apiKey,
      apiKey.slice(0, 20),
      "Thistlewood",
      "1951",
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  it("c30: the request log contains none of them either", async () => {
    const rows = await superuser`select * from hero_requests`;
    expect(rows.length).toBeGreaterThan(10);
    for (const secret of [url ?? "", patientId, apiKey, "Thistlewood", "1951"]) {
      expect(JSON.stringify(rows)).not.toContain(secret);
    }
    for (const { path_template: path } of rows) expect(path).toMatch(/^\/v[12]\/[a-z_/{}]+$/);
  });

  it("c1: another organisation sees its own rows only", async () => {
    expect(await listActions(otherCtx)).toEqual(["Created the organisation"]);
    const [ownEntry] = (await listActivity(ownCtx, {})).items;
    const page = await listActivity(otherCtx, { cursor: ownEntry?.id });
    expect(page.items.map(({ action }) => action)).toEqual(["Created the organisation"]);
  });

  it("c3: another environment sees only rows of the organisation as a whole", async () => {
    for (const environment of ["staging", "production"] as const) {
      expect(await listActions({ ...ownCtx, environment })).toEqual(["Created the organisation"]);
    }
  });

  it("c15: activity is for owners, admins and auditors", async () => {
    for (const role of ["admin", "auditor"] as const) {
      expect((await listActivity(await tenant.asRole(role), {})).items).not.toEqual([]);
    }
    for (const role of ["developer", "operator", "viewer"] as const) {
      await expect(listActivity(await tenant.asRole(role), {})).rejects.toThrow(ForbiddenError);
    }
  });

  it("activity is paged without gap or repeat", async () => {
    const all = (await listActivity(ownCtx, { limit: 100 })).items.map(({ id }) => id);
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listActivity(ownCtx, { limit: 2, cursor });
      expect(page.items.length).toBeLessThanOrEqual(2);
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(paged).toEqual(all);
  });

  it("every stored action has a label", async () => {
    const rows = await superuser<{ action: string }[]>`select distinct action from audit_events`;
    for (const { action } of rows) expect(Object.keys(auditActions)).toContain(action);
  });
});
