import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { webhookEndpointHours } from "@/db/schema/webhooks";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { roles } from "@/server/schemas/permissions";
import {
  checkSilence,
  isUnusuallySilent,
  sendSilenceMail,
} from "@/server/services/webhooks/silence";
import { actorId, type TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../../setup/database";
import { getSandboxPractice } from "../../support/hero";
import { listEmails, listJobs, runJobs } from "../../support/mail";
import { createTenant, type TestTenant } from "../../support/tenants";
import { insertEndpoint } from "../../support/webhook-intake";

const superuser = connectAsSuperuser();
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const now = new Date(Math.floor(Date.now() / hourMs) * hourMs);
const ago = (ms: number) => new Date(now.getTime() - ms);

let tenant: TestTenant;
let other: TestTenant;
let ctx: TenantContext;
let practice: { id: string; practiceGroupId: string };
let name: string;

beforeAll(async () => {
  const sandboxPractice = await getSandboxPractice("30298", "c");
  ({ name } = sandboxPractice);
});

beforeEach(async () => {
  const sandboxPractice = await getSandboxPractice("30298", "c");
  tenant = await createTenant();
  other = await createTenant();
  ctx = await tenant.asOwner();
  practice = await tenant.connect(sandboxPractice);
  await other.connect(sandboxPractice);
});

/** An open link of the practice. */
async function insertLink(overrides: { closedAt?: Date } = {}) {
  const id = randomUUID();
  await db.tenant(ctx, (tx) =>
    tx.insert(links).values({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      operationId: randomUUID(),
      requestHash: "0".repeat(64),
      practiceId: practice.id,
      outcome: "active",
      appointmentTypeId: "1",
      locationId: "1",
      expiresOn: addDays(ukDateOf(now), 10),
      maxUses: 1,
      url: `https://bookings.example/s/${id}`,
      createdBy: actorId(ctx),
      ...overrides,
    }),
  );
}

/** A practice that sent something every day for three weeks, and then stopped. */
async function insertHistory(options: { silentMs: number }) {
  const endpoint = await insertEndpoint(ctx, practice, "appointment.confirmed");
  const lastVerifiedAt = ago(options.silentMs);
  await db.tenant(ctx, async (tx) => {
    await tx.insert(webhookEndpointHours).values(
      Array.from({ length: 21 }, (_, index) => ({
        tenantId: ctx.tenantId,
        environment: ctx.environment,
        endpointId: endpoint.id,
        hour: new Date(Math.floor((lastVerifiedAt.getTime() - index * dayMs) / hourMs) * hourMs),
        received: 1,
        verified: 1,
      })),
    );
  });
  await superuser`update webhook_endpoints set first_verified_at = ${ago(40 * dayMs)},
    last_verified_at = ${lastVerifiedAt} where id = ${endpoint.id}`;
  return endpoint;
}

describe("an unusual silence", () => {
  const daily = Array.from({ length: 20 }, (_, index) => ago((21 - index) * dayMs));
  const last = daily.at(-1) ?? now;
  const after = (ms: number) => new Date(last.getTime() + ms);

  it("a silence is unusual after twice the longest gap of the practice's history", () => {
    expect(isUnusuallySilent(daily, last, after(2 * dayMs))).toBe(false);
    expect(isUnusuallySilent(daily, last, after(2 * dayMs + 1))).toBe(true);
    const withHoliday = [ago(25 * dayMs), ...daily];
    expect(isUnusuallySilent(withHoliday, last, after(7 * dayMs))).toBe(false);
    expect(isUnusuallySilent(withHoliday, last, after(8 * dayMs + 1))).toBe(true);
  });

  it("a silence is not unusual within a day, or without a week of history", () => {
    expect(isUnusuallySilent([], last, now)).toBe(false);
    expect(isUnusuallySilent(daily.slice(-8), last, after(30 * dayMs))).toBe(false);
    const hourly = Array.from({ length: 9 * 24 }, (_, index) => ago((9 * 24 - index) * hourMs));
    const lastHour = hourly.at(-1) ?? now;
    const silentFor = (ms: number) =>
      isUnusuallySilent(hourly, lastHour, new Date(lastHour.getTime() + ms));
    expect(silentFor(dayMs)).toBe(false);
    expect(silentFor(dayMs + 1)).toBe(true);
  });
});

describe("a practice that went silent", () => {
  it("members who manage webhooks get one email for each silence, and nobody else does", async () => {
    await insertHistory({ silentMs: 3 * dayMs });
    await insertLink();
    const emails = new Map<string, string>();
    for (const role of roles) {
      const { actor } = await tenant.asRole(role);
      if (actor.kind === "person") emails.set(role, actor.email);
    }
    expect(await checkSilence(ctx, practice.id, now)).toBe(true);
    expect(await checkSilence(ctx, practice.id, now)).toBe(false);
    expect(await checkSilence(ctx, practice.id, new Date(now.getTime() + 2 * dayMs))).toBe(false);
    expect((await listJobs("silence-mail")).map(({ data }) => data)).toEqual([
      { tenantId: ctx.tenantId, environment: "sandbox", practiceId: practice.id },
    ]);
    await runJobs("silence-mail");
    for (const [role, email] of emails) {
      const messages = await listEmails(email);
      expect([role, messages.length]).toEqual([
        role,
        ["owner", "admin", "developer"].includes(role) ? 1 : 0,
      ]);
    }
    const [message] = await listEmails(tenant.owner.email);
    expect(message?.subject).toBe(`${name} has stopped sending webhooks`);
    expect(message?.text).toContain("unusual for the practice");
    expect(message?.html).toContain("unusual for the practice");
    expect(message?.links).toEqual([
      `http://localhost:3000/${tenant.slug}/sandbox/webhooks/deliveries?practice=${practice.id}`,
    ]);
    expect(await listEmails(other.owner.email)).toEqual([]);
  });

  it("members get another email for a later silence", async () => {
    const endpoint = await insertHistory({ silentMs: 3 * dayMs });
    await insertLink();
    await superuser`update webhook_endpoints set silence_mailed_at = ${ago(4 * dayMs)}
      where id = ${endpoint.id}`;
    expect(await checkSilence(ctx, practice.id, now)).toBe(true);
  });

  it("nothing is sent without links in use, endpoints, or a history", async () => {
    expect(await checkSilence(ctx, practice.id, now)).toBe(false);
    await insertHistory({ silentMs: 3 * dayMs });
    expect(await checkSilence(ctx, practice.id, now)).toBe(false);
    await insertLink({ closedAt: now });
    expect(await checkSilence(ctx, practice.id, now)).toBe(false);
    await insertLink();
    expect(await checkSilence(ctx, practice.id, ago(2 * dayMs))).toBe(false);
    expect(await checkSilence(ctx, practice.id, now)).toBe(true);
  });

  it("no email is sent when the practice has sent something since", async () => {
    const endpoint = await insertHistory({ silentMs: 3 * dayMs });
    await insertLink();
    await checkSilence(ctx, practice.id, now);
    await superuser`update webhook_endpoints set last_verified_at = ${new Date(now.getTime() + 1)}
      where id = ${endpoint.id}`;
    await sendSilenceMail(ctx, practice.id);
    expect(await listEmails(tenant.owner.email)).toEqual([]);
  });
});
