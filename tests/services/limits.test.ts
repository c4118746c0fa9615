import { randomBytes, randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { createApiKey } from "@/server/services/api-keys/create";
import { createBulkUpload } from "@/server/services/bulk-uploads/create";
import { upsertSavedView } from "@/server/services/links/saved-views";
import { createOrganisation } from "@/server/services/organisations";
import { createPlacement } from "@/server/services/placements/save";
import { replaceKey } from "@/server/services/practices/change";
import { connectPractice, verifyPractice } from "@/server/services/practices/connect";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { getSandboxPractice, listHeroCalls } from "../support/hero";
import { createPerson, createTenant, type TestTenant } from "../support/tenants";

const superuser = connectAsSuperuser();
let tenant: TestTenant;
let ctx: TenantContext;

beforeAll(async () => {
  tenant = await createTenant();
  ctx = await tenant.asOwner();
});

/** Calls `attempt` so many times at once. */
async function attemptAtOnce(count: number, attempt: (index: number) => Promise<unknown>) {
  const results = await Promise.allSettled(Array.from({ length: count }, (_, i) => attempt(i)));
  const errors = results.flatMap((result) =>
    result.status === "rejected" ? [(result.reason as Error).name] : [],
  );
  return { succeeded: count - errors.length, errors: [...new Set(errors)] };
}

const countRows = async (table: string, { tenantId, environment }: TenantContext) => {
  const [row] = await superuser`
    select count(*)::int as count from ${superuser(table)}
    where tenant_id = ${tenantId} and environment = ${environment}`;
  return row?.count;
};

describe("C7 c33: simultaneous requests do not exceed", () => {
  it("C7: 30 saved views of a person", async () => {
    const save = (name: string) => upsertSavedView(ctx, { name, query: "" });
    expect(await attemptAtOnce(40, (index) => save(`View ${index}`))).toEqual({
      succeeded: 30,
      errors: ["ConflictError"],
    });
    expect(await countRows("saved_link_views", ctx)).toBe(30);
    // Another environment and another person have their own 30.
    await upsertSavedView(await tenant.asOwner("staging"), { name: "View", query: "" });
    await upsertSavedView(await tenant.asRole("viewer"), { name: "View", query: "" });
    const [existing] = await superuser`
      select name from saved_link_views
      where tenant_id = ${ctx.tenantId} and user_id = ${tenant.owner.id} and environment = 'sandbox'`;
    await save(existing?.name);
  });

  it("C7: 100 active API keys of an environment", async () => {
    const create = (index: number) =>
      createApiKey(ctx, { name: `Key ${index}`, permissions: ["links.read"] });
    expect(await attemptAtOnce(110, create)).toEqual({
      succeeded: 100,
      errors: ["ConflictError"],
    });
    expect(await countRows("api_keys", ctx)).toBe(100);
  });

  it("C7: 500 placements of an environment", async () => {
    const practice = await tenant.connect(await getSandboxPractice("30297", "a"));
    const create = (index: number) =>
      createPlacement(ctx, {
        element: "hh-message-builder",
        name: `Placement ${index}`,
        practiceIds: [practice.id],
        origins: ["https://app.example.org"],
        theme: null,
        attributes: {},
      });
    const first = await create(0);
    await superuser`
      insert into placements (tenant_id, environment, id, element, name, origins, is_on, created_by, admin_id)
      select tenant_id, environment, gen_random_uuid(), element, name, origins, is_on, created_by, admin_id
      from placements, generate_series(1, 494) where id = ${first.id}`;
    expect(await attemptAtOnce(15, create)).toEqual({ succeeded: 5, errors: ["ConflictError"] });
    expect(await countRows("placements", ctx)).toBe(500);
  });

  it("C7: 50 bulk uploads of a person that are not started", async () => {
    const operationIds = Array.from({ length: 60 }, () => randomUUID());
    const create = (operationId: string) =>
      createBulkUpload(ctx, { operationId, name: "N", kind: "booking", rowCount: 1, columns: {} });
    const result = await attemptAtOnce(60, (index) => create(operationIds[index] ?? ""));
    expect(result).toEqual({ succeeded: 50, errors: ["ConflictError"] });
    const [existing] = await superuser`
      select operation_id, id from bulk_uploads where tenant_id = ${ctx.tenantId}`;
    // A request that is sent again is answered, although the limit is reached.
    expect(await create(existing?.operation_id)).toMatchObject({ id: existing?.id });
  });

  it("C7: 20 organisations of a person, and 60 attempts an hour", async () => {
    const { id: userId, name, email } = await createPerson();
    const person = {
      requestId: randomUUID(),
      clientAddress: "test",
      sessionId: randomUUID(),
      userId,
      name,
      email,
    };
    const create = () =>
      createOrganisation(person, { name: "N", slug: `t${randomBytes(6).toString("hex")}` });
    expect(await attemptAtOnce(59, create)).toEqual({ succeeded: 20, errors: ["ConflictError"] });
    const [row] = await superuser`
      select count(*)::int as count from memberships where user_id = ${userId}`;
    expect(row?.count).toBe(20);
    expect(await attemptAtOnce(3, create)).toEqual({
      succeeded: 0,
      errors: expect.arrayContaining(["RateLimitedError"]),
    });
  });

  it("C7 c17: 20 rejected keys of a person, through every way to try one", async () => {
    const other = await createTenant();
    const { practiceGroupId, apiKey } = await getSandboxPractice("30298", "c");
    const practice = await other.connect({ practiceGroupId, apiKey });
    const guesser = await other.asRole("owner");
    const guess = () => `guess-${randomBytes(12).toString("hex")}`;
    const guesses: string[] = [];
    const attempt = (index: number) => {
      const candidate = { apiKey: guess(), practiceGroupId };
      guesses.push(candidate.apiKey);
      if (index % 3 === 0) return connectPractice(guesser, candidate);
      if (index % 3 === 1) return verifyPractice(guesser, candidate);
      return replaceKey(guesser, {
        credentialId: practice.credential.id,
        apiKey: candidate.apiKey,
      });
    };
    const result = await attemptAtOnce(40, attempt);
    expect(result.succeeded).toBe(0);
    expect(result.errors.sort()).toEqual(["InvalidInputError", "RateLimitedError"]);
    const calls = await Promise.all(guesses.map((key) => listHeroCalls(key)));
    expect(calls.filter((list) => list.length > 0).length).toBeLessThanOrEqual(20);
    // A colleague is not limited, and neither are keys that Hero accepts.
    const owner = await other.asOwner();
    for (let repeat = 0; repeat < 22; repeat += 1) {
      await verifyPractice(owner, { apiKey, practiceGroupId });
    }
  });
});
