import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ForbiddenError, NotFoundError } from "@/server/errors";
import { heroEventType } from "@/server/schemas/event-types";
import { disconnectPractice } from "@/server/services/practices/change";
import { getPractice } from "@/server/services/practices/read";
import { continueWebhooks } from "@/server/services/webhooks/jobs";
import { listWebhooks } from "@/server/services/webhooks/read";
import { repairWebhooks, requestComparison, subscribe } from "@/server/services/webhooks/subscribe";
import { compareWebhooks, syncWebhooks } from "@/server/services/webhooks/sync";
import { getSandboxPractice, inDialect, injectFault } from "../../support/hero";
import {
  deleteSandboxWebhook,
  listSandboxWebhooks,
  registerSandboxWebhook,
} from "../../support/sandbox-webhooks";
import { createTenant } from "../../support/tenants";
import {
  apiKey,
  countCalls,
  ctx,
  getEndpoint,
  getPracticeView,
  inMinutes,
  listActions,
  listAtHero,
  listEndpoints,
  practiceGroupId,
  practiceId,
  register,
  superuser,
  sync,
  tenant,
  want,
} from "./support";

const confirmed = "appointment.confirmed";
const cancelled = "appointment.cancelled";

describe("registering what is wanted", () => {
  it("each event type gets its own random URL and signing key, and is read back", async () => {
    await register(confirmed, cancelled);
    const listed = await listAtHero();
    expect(listed.map(({ eventType }) => eventType).sort()).toEqual([cancelled, confirmed]);
    for (const { url, signingKey } of listed) {
      expect(url).toMatch(/^http:\/\/localhost:3000\/api\/hooks\/[\w-]{43}$/);
      expect(signingKey).toMatch(/^[\w-]{43}$/);
    }
    expect(new Set(listed.map(({ url }) => url)).size).toBe(2);
    expect(new Set(listed.map(({ signingKey }) => signingKey)).size).toBe(2);
    const { endpoints, checkFailure, foreign } = await getPracticeView();
    expect(endpoints.map(({ state }) => state)).toEqual(["active", "active"]);
    expect({ checkFailure, foreign }).toEqual({ checkFailure: null, foreign: [] });
    expect(await listActions()).toContain("Registered a webhook at Hero");
  });

  it("the same selection again changes and sends nothing", async () => {
    await register(confirmed);
    const before = await listAtHero();
    await register(confirmed);
    await sync();
    expect(await listAtHero()).toEqual(before);
    expect(await countCalls("createWebhook")).toBe(1);
  });

  it("a webhook that is no longer selected is deleted at Hero and refused at once", async () => {
    await register(confirmed, cancelled);
    await register(cancelled);
    expect(await listAtHero()).toMatchObject([{ eventType: cancelled }]);
    const states = await superuser`
      select r.state, e.removed_at is not null as removed from webhook_registrations r
      join webhook_endpoints e on e.id = r.endpoint_id
      where r.tenant_id = ${ctx.tenantId} order by e.event_type`;
    expect([...states]).toEqual([
      { state: "active", removed: false },
      { state: "ended", removed: true },
    ]);
    await register(confirmed, cancelled);
    expect(await listAtHero()).toHaveLength(2);
  });

  it("two jobs at once register each event type once", async () => {
    await want([confirmed, cancelled]);
    await Promise.all([sync(), sync(), sync()]);
    await sync();
    expect(await listAtHero()).toHaveLength(2);
    expect(await countCalls("createWebhook")).toBe(2);
  });

  it("a reply that was lost is resolved from Hero's list, and nothing is sent twice", async () => {
    await want([confirmed]);
    await injectFault({ operation: "createWebhook", key: apiKey, reset: true, afterWork: true });
    await sync();
    expect(await listAtHero()).toHaveLength(1);
    expect(await getEndpoint()).toMatchObject({ state: "active", failure: null });
    await sync();
    expect(await countCalls("createWebhook")).toBe(1);
  });

  it("a request that Hero's list does not show waits, then counts as not created", async () => {
    await want([confirmed]);
    await injectFault({ operation: "createWebhook", key: apiKey, status: 500 });
    await sync();
    expect(await getEndpoint()).toMatchObject({ state: "unknown" });
    await continueWebhooks(ctx, practiceId);
    expect(await countCalls("createWebhook")).toBe(1);
    await sync(false, inMinutes(5));
    expect(await countCalls("createWebhook")).toBe(2);
    expect(await listAtHero()).toHaveLength(1);
    expect(await getEndpoint()).toMatchObject({ state: "active" });
  });

  it("a registration that appears after it was marked as failed is a difference, and repairing deletes it", async () => {
    await want([confirmed]);
    await injectFault({ operation: "createWebhook", key: apiKey, status: 500 });
    await sync();
    await sync(false, inMinutes(5));
    const [current] = await listAtHero();
    const late = await registerSandboxWebhook({
      key: apiKey,
      eventType: confirmed,
      url: current?.url ?? "",
      signingKey: "the first key",
    });
    await sync();
    expect((await getPracticeView()).foreign).toEqual([{ eventType: confirmed, kind: "extra" }]);
    expect(await listAtHero()).toHaveLength(2);
    await sync(true);
    expect((await listAtHero()).map(({ id }) => id)).toEqual([current?.id]);
    expect(late.id).not.toBe(current?.id);
    expect((await getPracticeView()).foreign).toEqual([]);
  });

  it("a refusal is shown with what to do, and as a missing capability of the practice", async () => {
    await want([confirmed, cancelled]);
    await injectFault({ operation: "createWebhook", key: apiKey, status: 403 });
    await sync();
    expect(await countCalls("createWebhook")).toBe(1);
    const failed = (await getPracticeView()).endpoints.find(({ state }) => state === "failed");
    expect(failed?.failure).toMatch(/does not allow this key to use webhooks.*Hero settings/);
    const { capabilityChecks } = await getPractice(ctx, { practiceId });
    expect(capabilityChecks).toContainEqual(
      expect.objectContaining({ capability: "webhook_changes", isAvailable: false }),
    );
    await sync();
    expect((await getPracticeView()).endpoints.map(({ state }) => state)).toEqual([
      "active",
      "active",
    ]);
  });

  it("nothing is registered while Hero's list cannot be read", async () => {
    await want([confirmed]);
    await injectFault({ operation: "listWebhooks", key: apiKey, status: 403 });
    await sync();
    expect(await countCalls("createWebhook")).toBe(0);
    expect((await getPracticeView()).checkFailure).toMatch(/does not allow/);
    await continueWebhooks(ctx, practiceId);
    expect(await getEndpoint()).toMatchObject({ state: "active" });
    expect((await getPracticeView()).checkFailure).toBeNull();
  });

  it("without a person, a request that Hero's list never shows is sent three times at most", async () => {
    await want([confirmed]);
    await injectFault({ operation: "createWebhook", key: apiKey, status: 500, times: 9 });
    for (let hours = 0; hours < 6; hours += 1) {
      await continueWebhooks(ctx, practiceId);
      await superuser`update webhook_registrations set created_at = created_at - interval '1 hour'
        where tenant_id = ${ctx.tenantId}`;
    }
    expect(await countCalls("createWebhook")).toBe(3);
    expect(await getEndpoint()).toMatchObject({
      state: "failed",
      failure: "Hero's list does not have this webhook, so it was not created.",
    });
    await sync(true);
    expect(await countCalls("createWebhook")).toBe(4);
  });

  it("what Hero refused or lost waits for a person while another webhook is continued", async () => {
    await register(confirmed);
    const [first] = await listAtHero();
    await deleteSandboxWebhook(first?.id ?? "");
    await want([confirmed, cancelled]);
    await continueWebhooks(ctx, practiceId);
    const states = async () =>
      (await getPracticeView()).endpoints.map(({ eventType, state }) => ({ eventType, state }));
    expect(await states()).toEqual([
      { eventType: cancelled, state: "active" },
      { eventType: confirmed, state: "lost" },
    ]);
    await sync(true);
    expect((await states()).map(({ state }) => state)).toEqual(["active", "active"]);
  });

  it("in the second dialect registrations are created, read back and deleted too", async () => {
    const other = await createTenant();
    const key = inDialect(apiKey, "second");
    const { id } = await other.connect({ practiceGroupId, apiKey: key });
    const context = await other.asOwner();
    await want([confirmed, "form-submission.created"], context, id);
    await syncWebhooks(context, { practiceId: id, isRepair: false });
    const endpoints = await listEndpoints(context);
    expect(endpoints.map(({ state }) => state)).toEqual(["active", "failed"]);
    expect(endpoints[1]?.failure).toMatch(/may not offer this event type/);
    await want([], context, id);
    await syncWebhooks(context, { practiceId: id, isRepair: false });
    expect(await listSandboxWebhooks(key)).toEqual([]);
  });
});

describe("differences at Hero", () => {
  it("a lost registration is found without a change, and repaired", async () => {
    await register(confirmed);
    const [first] = await listAtHero();
    await deleteSandboxWebhook(first?.id ?? "");
    await compareWebhooks(ctx, practiceId);
    expect(await getEndpoint()).toMatchObject({
      state: "lost",
      failure: "Hero no longer lists this webhook.",
    });
    expect(await countCalls("createWebhook")).toBe(1);
    await sync(true);
    const listed = await listAtHero();
    expect(listed).toMatchObject([{ eventType: confirmed, url: first?.url }]);
    expect(listed[0]?.id).not.toBe(first?.id);
    expect(await getEndpoint()).toMatchObject({ state: "active", failure: null });
    expect(await listActions()).toEqual(
      expect.arrayContaining([
        "Found differences in webhooks at Hero",
        "Repaired webhooks at Hero",
      ]),
    );
  });

  it("a registration is not marked as lost because of an incomplete list", async () => {
    await register(confirmed);
    const body = JSON.stringify({ data: [], count: 3 });
    await injectFault({ operation: "listWebhooks", key: apiKey, status: 200, body });
    await compareWebhooks(ctx, practiceId);
    expect(await getEndpoint()).toMatchObject({ state: "active" });
    expect((await getPracticeView()).checkFailure).toMatch(/not complete/);
  });

  it("a changed event type is found, and replaced by a repair", async () => {
    await register(confirmed);
    const [first] = await listAtHero();
    const body = JSON.stringify({
      data: [{ id: first?.id, url: first?.url, event_type: cancelled }],
      count: 1,
    });
    await injectFault({ operation: "listWebhooks", key: apiKey, status: 200, body, times: 2 });
    await compareWebhooks(ctx, practiceId);
    expect(await getEndpoint()).toMatchObject({ state: "lost" });
    expect((await getPracticeView()).foreign).toEqual([{ eventType: cancelled, kind: "changed" }]);
    await sync(true);
    const listed = await listAtHero();
    expect(listed).toHaveLength(1);
    expect(listed[0]?.id).not.toBe(first?.id);
    expect(await getEndpoint()).toMatchObject({ state: "active" });
  });

  it("an unknown registration with the portal's URL is found; another program's is not", async () => {
    await register(confirmed);
    const add = (url: string) => registerSandboxWebhook({ key: apiKey, eventType: cancelled, url });
    const foreign = await add("http://localhost:3000/api/hooks/from-a-restored-backup");
    const others = await add("https://another-program.example/api/hooks/x");
    await compareWebhooks(ctx, practiceId);
    expect((await getPracticeView()).foreign).toEqual([{ eventType: cancelled, kind: "extra" }]);
    await sync();
    expect((await listAtHero()).map(({ id }) => id)).toContain(foreign.id);
    await sync(true);
    const ids = (await listAtHero()).map(({ id }) => id);
    expect(ids).not.toContain(foreign.id);
    expect(ids).toContain(others.id);
    expect(ids).toHaveLength(2);
  });

  it("registrations of another organisation with the same practice are left alone", async () => {
    const other = await createTenant();
    const suffix = /\.[\w-]+$/.exec(apiKey)?.[0] ?? "";
    const { apiKey: otherKey } = await getSandboxPractice(practiceGroupId, "b");
    const key = otherKey.replace(/\.[\w-]+$/, suffix);
    const { id } = await other.connect({ practiceGroupId, apiKey: key });
    const otherCtx = await other.asOwner();
    await want([confirmed], otherCtx, id);
    await syncWebhooks(otherCtx, { practiceId: id, isRepair: false });
    await register(confirmed, cancelled);
    expect(await listAtHero()).toHaveLength(3);
    await sync(true);
    expect((await getPracticeView()).foreign).toEqual([]);
    await want([]);
    await sync(true);
    expect(await listAtHero()).toHaveLength(1);
    await compareWebhooks(otherCtx, id);
    const endpoints = await listEndpoints(otherCtx);
    expect(endpoints).toMatchObject([{ state: "active" }]);
  });
});

describe("access", () => {
  it("another organisation's practice is not found, and one unknown practice changes nothing", async () => {
    const other = await createTenant();
    const foreign = await other.asOwner();
    await expect(want([confirmed], foreign)).rejects.toThrow(NotFoundError);
    for (const act of [repairWebhooks, requestComparison]) {
      await expect(act(foreign, { practiceIds: [practiceId] })).rejects.toThrow(NotFoundError);
    }
    const practices = [practiceId, randomUUID()].map((id) => ({
      practiceId: id,
      eventTypes: [heroEventType.parse(confirmed)],
    }));
    await expect(subscribe(ctx, { practices })).rejects.toThrow(NotFoundError);
    expect((await getPracticeView()).endpoints).toEqual([]);
    const viewer = await tenant.asRole("viewer");
    await expect(want([confirmed], viewer)).rejects.toThrow(ForbiddenError);
    expect((await listWebhooks(viewer)).practices).toHaveLength(1);
  });
});

describe("disconnecting the practice", () => {
  it("a practice's registrations are deleted at Hero before it is disconnected", async () => {
    await register(confirmed, cancelled);
    expect(await disconnectPractice(ctx, { practiceId })).toEqual({ webhooksLeft: 0 });
    expect(await listAtHero()).toEqual([]);
  });

  it("the practice is disconnected although Hero keeps its registrations, which are counted", async () => {
    await register(confirmed, cancelled);
    await injectFault({ operation: "deleteWebhook", key: apiKey, status: 403, times: 9 });
    expect(await disconnectPractice(ctx, { practiceId })).toEqual({ webhooksLeft: 2 });
    expect((await listWebhooks(ctx)).practices).toEqual([]);
  });
});
