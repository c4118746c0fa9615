import { randomBytes, randomUUID } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { db } from "@/db/client";
import { webhookDeliveries } from "@/db/schema/webhooks";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { HeroEventType } from "@/server/schemas/event-catalogue";
import { createBookingLink } from "@/server/services/links/create";
import { loadDataKey } from "@/server/services/practices/stored-key";
import { gatherDeliveries } from "@/server/services/webhooks/gather";
import { processNextObject } from "@/server/services/webhooks/process";
import type { TenantContext } from "@/server/tenancy/context";
import { sandboxUrl } from "../setup/database";
import { createPatientCase, getSandboxPractice } from "./hero";
import { birthFields, PatientBrowser } from "./patient-browser";
import { createTenantPair, firstBookingChoice, type TestTenant } from "./tenants";
import { insertEndpoint } from "./webhook-intake";

/** A practice with endpoints, whose links patients book with. */
export async function createWebhookPractice(tenant: TestTenant, practiceGroupId: string) {
  const sandboxPractice = await getSandboxPractice(practiceGroupId, "a");
  // A key of its own: tests count the calls with it.
  const apiKey = sandboxPractice.apiKey.replace(/[^.]*$/, randomUUID());
  const { id } = await tenant.connect({ practiceGroupId, apiKey });
  const ctx = await tenant.asOwner();
  const practice = { id, practiceGroupId };
  const endpoints = {
    "appointment.confirmed": await insertEndpoint(ctx, practice, "appointment.confirmed"),
    "appointment.cancelled": await insertEndpoint(ctx, practice, "appointment.cancelled"),
    "appointment.rescheduled": await insertEndpoint(ctx, practice, "appointment.rescheduled"),
    "form-submission.created": await insertEndpoint(ctx, practice, "form-submission.created"),
    "write-to-record.failed": await insertEndpoint(ctx, practice, "write-to-record.failed"),
  };
  return { ctx, practice, apiKey, endpoints, choice: await firstBookingChoice(ctx, id) };
}
export type WebhookPractice = Awaited<ReturnType<typeof createWebhookPractice>>;

/** The same practice of the sandbox at two look-alike tenants. */
export async function createWebhookPractices(practiceGroupId: string) {
  const { first, second } = await createTenantPair();
  return {
    own: await createWebhookPractice(first, practiceGroupId),
    other: await createWebhookPractice(second, practiceGroupId),
  };
}

/** A link for a new patient of the sandbox. */
export async function createInvite({ ctx, practice, choice }: WebhookPractice) {
  const [patient] = (await createPatientCase(practice.practiceGroupId, "found")).patients;
  if (!patient?.patientId) throw new Error("The sandbox created no patient.");
  const link = await createBookingLink(ctx, {
    operationId: randomUUID(),
    practiceId: practice.id,
    ...choice,
    patientId: patient.patientId,
    expiresOn: addDays(ukDateOf(new Date()), 30),
    maxUses: 1,
  });
  return { link, patientId: patient.patientId, dateOfBirth: patient.dateOfBirth };
}
type Invite = Awaited<ReturnType<typeof createInvite>>;

const appointmentsSchema = z.array(
  z.looseObject({ id: z.string(), patientId: z.string().nullable() }),
);

/** The patient books with their link. @returns Hero's ID of the appointment */
export async function bookWithLink({ link, patientId, dateOfBirth }: Invite): Promise<string> {
  const browser = new PatientBrowser({ url: sandboxUrl });
  await browser.open(link.url ?? "");
  const path = new URL(link.url ?? "").pathname;
  await browser.submit(`${path}/identity`, birthFields(dateOfBirth));
  await browser.submit(`${path}/time`, { slot: browser.slots()[0] ?? "" });
  await browser.submit(`${path}/before`);
  await browser.submit(`${path}/confirm`);
  if (browser.heading() !== "Your appointment is booked") throw new Error(browser.html);
  const response = await fetch(`${sandboxUrl}/_sandbox/appointments`);
  const booked = appointmentsSchema
    .parse(await response.json())
    .findLast((appointment) => appointment.patientId === patientId);
  if (!booked) throw new Error("The sandbox has no appointment of the patient.");
  return booked.id;
}

type NewDelivery = {
  eventType: HeroEventType;
  objectId: string | null;
  objectType?: string | null;
  sentAt?: Date;
} & Partial<Pick<typeof webhookDeliveries.$inferInsert, "isLate" | "state" | "outcome">>;

/** Stores deliveries as intake does, in this order. @returns their IDs */
export async function insertDeliveries(
  { ctx, endpoints }: WebhookPractice,
  deliveries: readonly NewDelivery[],
): Promise<string[]> {
  const now = new Date();
  const dataKey = await db.tenant(ctx, (tx) => loadDataKey(tx, ctx));
  const rows = deliveries.map(({ eventType, ...delivery }) => {
    const endpoint = Object.entries(endpoints).find(([type]) => type === eventType)?.[1];
    return {
      objectType: eventType.startsWith("appointment.") ? "Appointment" : "FormSubmission",
      sentAt: now,
      ...delivery,
      eventType,
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id: uuidv7(),
      endpointId: endpoint?.id ?? "",
      dedupeHash: randomBytes(32),
      receivedAt: now,
      headers: {},
      bodySize: 100,
      dataKeyId: dataKey.id,
    };
  });
  for (let offset = 0; offset < rows.length; offset += 1_000) {
    await db.tenant(ctx, (tx) =>
      tx.insert(webhookDeliveries).values(rows.slice(offset, offset + 1_000)),
    );
  }
  return rows.map(({ id }) => id);
}

/** Gathers what has arrived and reads every object that is due at a time. @returns how many were read */
export async function processAll(
  ctx: TenantContext,
  practiceId: string,
  now = new Date(),
): Promise<number> {
  while ((await gatherDeliveries(ctx, now)) > 0);
  let count = 0;
  while ((await processNextObject(ctx, practiceId, () => now)) === "processed") count += 1;
  return count;
}
