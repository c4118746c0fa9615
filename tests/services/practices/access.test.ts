import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ForbiddenError, NotFoundError } from "@/server/errors";
import {
  disconnectPractice,
  previewDisconnect,
  renamePractice,
  replaceKey,
} from "@/server/services/practices/change";
import {
  connectNetworkPractice,
  connectPractice,
  verifyNetworkPractice,
  verifyPractice,
} from "@/server/services/practices/connect";
import { testPracticeNow } from "@/server/services/practices/test-connection";
import { getBookingOptions, getPractice, listPractices } from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { listHeroCalls } from "../../support/hero";
import { createTenant } from "../../support/tenants";
import { millbrook, kingsway, otherKey, tenant, ctx, errorOf, savedRows } from "./support";

describe("c1: a practice of another organisation or environment", () => {
  it("another organisation's practice is not found, and nothing changes or is sent", async () => {
    const main = await connectPractice(ctx, millbrook);
    const other = await (await createTenant()).asOwner();
    const before = await savedRows();
    const calls = (await listHeroCalls(millbrook.apiKey)).length;
    const mutations = [
      getPractice,
      getBookingOptions,
      testPracticeNow,
      previewDisconnect,
      disconnectPractice,
      (context: TenantContext, input: { practiceId: string }) =>
        renamePractice(context, { ...input, nickname: "Taken" }),
    ];
    for (const context of [
      other,
      await tenant.asOwner("staging"),
      await tenant.asOwner("production"),
    ]) {
      for (const mutate of mutations) {
        const foreign = await errorOf(mutate(context, { practiceId: main.id }));
        const absent = await errorOf(mutate(context, { practiceId: randomUUID() }));
        expect(foreign).toBeInstanceOf(NotFoundError);
        expect(foreign).toEqual(absent);
      }
      expect(await listPractices(context)).toEqual([]);
    }
    expect(await savedRows()).toEqual(before);
    expect((await listHeroCalls(millbrook.apiKey)).length).toBe(calls);
  });
});

describe("c15: permission to manage connections", () => {
  it("a member without permission is rejected before anything is read, sent or written", async () => {
    const main = await connectPractice(ctx, millbrook);
    const before = await savedRows();
    const calls = (await listHeroCalls(millbrook.apiKey)).length;
    const credentialId = main.credential.id;
    for (const role of ["operator", "viewer", "auditor"] as const) {
      const context = await tenant.asRole(role);
      for (const call of [
        () => verifyPractice(context, kingsway),
        () => connectPractice(context, kingsway),
        () => verifyNetworkPractice(context, { credentialId, practiceGroupId: "20690" }),
        () => connectNetworkPractice(context, { credentialId, practiceGroupId: "20690" }),
        () => replaceKey(context, { credentialId, apiKey: otherKey.apiKey }),
        () => renamePractice(context, { practiceId: main.id, nickname: "Mine" }),
        () => previewDisconnect(context, { practiceId: main.id }),
        () => disconnectPractice(context, { practiceId: main.id }),
      ]) {
        await expect(call()).rejects.toThrow(ForbiddenError);
      }
      expect(await listPractices(context)).toHaveLength(1);
    }
    expect(await savedRows()).toEqual(before);
    expect((await listHeroCalls(millbrook.apiKey)).length).toBe(calls);
  });

  it("an admin and a developer can manage connections", async () => {
    const nickname = randomBytes(4).toString("hex");
    const main = await connectPractice(await tenant.asRole("developer"), millbrook);
    const renamedPractice = await renamePractice(await tenant.asRole("admin"), {
      practiceId: main.id,
      nickname,
    });
    expect(renamedPractice.nickname).toBe(nickname);
  });
});
