import { randomUUID } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { listLinksInput } from "@/server/schemas/links/list";
import { createBookingLink } from "@/server/services/links/create";
import { listLinks } from "@/server/services/links/read";
import { addSearchTerms, searchTermsOf } from "@/server/services/links/search-terms";
import { getSandboxPractice } from "../../support/hero";
import { createTenantPair, firstBookingChoice } from "../../support/tenants";

export const today = ukDateOf(new Date());
export const inDays = (days: number) => addDays(today, days);

type Row = Partial<typeof links.$inferInsert>;

/** Two tenants with a practice each, and links of the first. */
export async function createLedger() {
  const tenants = await createTenantPair();
  const practice = await getSandboxPractice("20690", "a", "nothing");
  const { apiKey } = practice;
  const practiceId = (await tenants.first.connect(practice)).id;
  const otherPracticeId = (await tenants.second.connect(await getSandboxPractice("20690", "b"))).id;
  const ownCtx = await tenants.first.asOwner();
  const otherCtx = await tenants.second.asOwner();
  const viewer = await tenants.first.asRole("viewer");
  const choice = await firstBookingChoice(ownCtx, practiceId);

  /** Inserts a link of any state without calling Hero. */
  async function insertLink(overrides: Row = {}, ctx = ownCtx): Promise<string> {
    const id = overrides.id ?? uuidv7();
    const row = {
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      operationId: randomUUID(),
      requestHash: "none",
      practiceId: ctx === ownCtx ? practiceId : otherPracticeId,
      outcome: "active" as const,
      appointmentTypeId: "1",
      appointmentTypeName: "Flu clinic",
      locationId: "1",
      locationName: "Main site",
      expiresOn: inDays(10),
      maxUses: 5,
      url: `https://bookings.example/s/${id}`,
      createdBy: ctx.actor.kind === "person" ? ctx.actor.userId : ctx.tenantId,
      ...overrides,
    };
    await db.tenant(ctx, async (tx) => {
      await tx.insert(links).values(row);
      await addSearchTerms(tx, ctx, id, searchTermsOf(row));
    });
    return id;
  }

  const list = (input: Record<string, unknown>, ctx = ownCtx) =>
    listLinks(ctx, listLinksInput.parse(input));
  const listIds = async (input: Record<string, unknown>, ctx = ownCtx) =>
    (await list({ limit: 100, ...input }, ctx)).items.map(({ id }) => id);

  const createLinkAtHero = (overrides: Record<string, unknown> = {}) =>
    createBookingLink(ownCtx, {
      operationId: randomUUID(),
      practiceId,
      ...choice,
      expiresOn: inDays(20),
      maxUses: 3,
      ...overrides,
    } as Parameters<typeof createBookingLink>[1]);

  return {
    apiKey,
    practiceId,
    otherPracticeId,
    ownCtx,
    otherCtx,
    viewer,
    insertLink,
    list,
    listIds,
    createLinkAtHero,
  };
}
