import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ForbiddenError } from "@/server/errors";
import { auditActions } from "@/server/schemas/activity";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { listActivity } from "@/server/services/activity";
import { closeLink, updateLink } from "@/server/services/links/change";
import { createLink } from "@/server/services/links/create";
import { disconnectPractice, renamePractice } from "@/server/services/practices/change";
import { getBookingOptions } from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { findPractice } from "../support/hero";
import { makeLookAlikes, type TestTenant } from "../support/tenants";

const superuser = connectAsSuperuser();
const today = ukDateOf(new Date());
const patientId = "4217000421700042";

let tenant: TestTenant;
let ours: TenantContext;
let theirs: TenantContext;
let apiKey: string;
let url: string | null;

beforeAll(async () => {
  const tenants = await makeLookAlikes();
  tenant = tenants.ours;
  const practice = await findPractice("30297", "b");
  ({ apiKey } = practice);
  const { id: practiceId } = await tenant.connect(practice);
  ours = await tenant.as();
  theirs = await tenants.theirs.as();
  const options = await getBookingOptions(ours, { practiceId });
  const link = await createLink(ours, {
    operationId: randomUUID(),
    practiceId,
    appointmentTypeId: options.appointmentTypes[0]?.id ?? "",
    locationId: options.locations[0]?.id ?? "",
    name: "For Margaret Thistlewood, born 2 March 1951",
    expiresOn: addDays(today, 7),
    maximumUses: 1,
  });
  ({ url } = link);
  await createLink(ours, {
    operationId: randomUUID(),
    practiceId,
    appointmentTypeId: options.appointmentTypes[0]?.id ?? "",
    locationId: options.locations[0]?.id ?? "",
    patientId,
    expiresOn: addDays(today, 7),
    maximumUses: 1,
  });
  await updateLink(ours, { linkId: link.id, expiresOn: addDays(today, 9), maximumUses: 2 });
  await closeLink(ours, { linkId: link.id });
  await renamePractice(ours, { practiceId, alias: "Harbour" });
  await disconnectPractice(ours, { practiceId });
});

const actionsOf = async (ctx: TenantContext) =>
  (await listActivity(ctx, { limit: 100 })).items.map(({ action }) => action);

describe("the activity of an organisation", () => {
  it("has a row for every change, newest first, with who, what, when and the request", async () => {
    expect(await actionsOf(ours)).toEqual([
      "Disconnected the practice",
      "Changed the practice's alias",
      "Closed a link",
      "Changed a link",
      expect.stringMatching(/ a link$/),
      "Asked Hero for a link",
      "Made a link",
      "Asked Hero for a link",
      "Connected the practice",
      "Added a Hero API key",
      "Created the organisation",
    ]);
    const { items } = await listActivity(ours, {});
    for (const item of items) {
      expect(item.actor).toBe("Olive Owner");
      expect(item.requestId).toMatch(/^[0-9a-f-]{36}$/);
      expect(Math.abs(Date.now() - Date.parse(item.occurredAt))).toBeLessThan(60_000);
    }
    const moments = items.map(({ occurredAt }) => occurredAt);
    expect(moments).toEqual([...moments].sort().reverse());
  });

  it("c30: holds no patient, no link address, no key and no name given to a link", async () => {
    const rows = await superuser`select * from audit_events`;
    const view = await listActivity(ours, { limit: 100 });
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

  it("c30: nor does the request log", async () => {
    const rows = await superuser`select * from hero_requests`;
    expect(rows.length).toBeGreaterThan(10);
    for (const secret of [url ?? "", patientId, apiKey, "Thistlewood", "1951"]) {
      expect(JSON.stringify(rows)).not.toContain(secret);
    }
    for (const { path_template: path } of rows) expect(path).toMatch(/^\/v[12]\/[a-z_/{}]+$/);
  });

  it("c1: shows another organisation its own rows only", async () => {
    expect(await actionsOf(theirs)).toEqual(["Created the organisation"]);
    const [foreign] = (await listActivity(ours, {})).items;
    const page = await listActivity(theirs, { cursor: foreign?.id });
    expect(page.items.map(({ action }) => action)).toEqual(["Created the organisation"]);
  });

  it("c3: shows another environment only what belongs to the organisation as a whole", async () => {
    for (const environment of ["staging", "production"] as const) {
      expect(await actionsOf({ ...ours, environment })).toEqual(["Created the organisation"]);
    }
  });

  it("c15: is for owners, admins and auditors", async () => {
    for (const role of ["admin", "auditor"] as const) {
      expect((await listActivity(await tenant.asRole(role), {})).items).not.toEqual([]);
    }
    for (const role of ["developer", "operator", "viewer"] as const) {
      await expect(listActivity(await tenant.asRole(role), {})).rejects.toThrow(ForbiddenError);
    }
  });

  it("pages without gap or repeat", async () => {
    const all = (await listActivity(ours, { limit: 100 })).items.map(({ id }) => id);
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listActivity(ours, { limit: 2, cursor });
      expect(page.items.length).toBeLessThanOrEqual(2);
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(paged).toEqual(all);
  });

  it("knows words for every action that stands in a row", async () => {
    const rows = await superuser<{ action: string }[]>`select distinct action from audit_events`;
    for (const { action } of rows) expect(Object.keys(auditActions)).toContain(action);
  });
});
