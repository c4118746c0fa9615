import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { beforeAll, describe, expect, it } from "vitest";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { createBookingLink } from "@/server/services/links/create";
import type { TenantContext } from "@/server/tenancy/context";
import { getSandboxPractice, listTestPatients } from "../support/hero";
import { createTenantPair, firstBookingChoice } from "../support/tenants";

/**
 * Creating a link is mostly round trips to the database, so the number of statements is its cost
 * (`docs/performance.md`). These are all that this process sends.
 */
const statements: string[] = [];

let ctx: TenantContext;
let practiceId: string;
let choice: { appointmentTypeId: string; locationId: string };

beforeAll(async () => {
  Object.assign(globalThis, {
    portalClient: postgres(process.env.DATABASE_URL ?? "", {
      max: 5,
      debug: (_connection, statement) => statements.push(statement.trim()),
    }),
  });
  const tenants = await createTenantPair();
  practiceId = (await tenants.first.connect(await getSandboxPractice("30182", "a"))).id;
  ctx = await tenants.first.asOwner();
  choice = await firstBookingChoice(ctx, practiceId);
});

async function countStatements(patientId?: string): Promise<number> {
  const create = () =>
    createBookingLink(ctx, {
      operationId: randomUUID(),
      practiceId,
      ...choice,
      patientId,
      expiresOn: addDays(ukDateOf(new Date()), 7),
      maxUses: 3,
    });
  // Opens connections, and records that the key was used.
  await create();
  statements.length = 0;
  expect((await create()).state).toBe("live");
  return statements.length;
}

describe("the statements of creating a link", () => {
  it("a link for anyone takes 23 statements", async () => {
    expect(await countStatements()).toBe(23);
  });

  it("a link for a patient takes 32: the patient is checked first", async () => {
    const registered = (await listTestPatients("30182")).find(
      (patient) => !patient.isArchived && !patient.isRestricted && !patient.isDeceased,
    );
    expect(await countStatements(registered?.patientId ?? "")).toBe(32);
  });
});
