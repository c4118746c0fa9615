import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { db } from "@/db/client";
import { ConflictError, ForbiddenError, NotFoundError } from "@/server/errors";
import { HeroError } from "@/server/hero/errors";
import { env } from "@/server/env";
import { rotateKey } from "@/server/services/webhooks/rotate";
import { openSigningKey } from "@/server/services/webhooks/signing-key";
import { testEndpoint } from "@/server/services/webhooks/test-event";
import { compareWebhooks } from "@/server/services/webhooks/sync";
import { injectFault } from "../../support/hero";
import { deleteSandboxWebhook, registerSandboxWebhook } from "../../support/sandbox-webhooks";
import { addDataKey, createTenant } from "../../support/tenants";
import {
  apiKey,
  ctx,
  getEndpoint,
  inMinutes,
  listActions,
  listAtHero,
  practiceId,
  register,
  superuser,
  sync,
  tenant,
  want,
} from "./support";

const confirmed = "appointment.confirmed";
const day = 24 * 60;

/** The keys with which a delivery may be signed at a time, oldest first. */
async function listAcceptedKeys(at: Date): Promise<string[]> {
  const rows = await superuser<{ id: string }[]>`
    select f.registration_id as id from webhook_endpoints e
    join find_webhook_endpoints(array[e.url_token], ${at}) f on f.endpoint_id = e.id
    join webhook_registrations r on r.id = f.registration_id
    where e.tenant_id = ${ctx.tenantId} order by r.created_at`;
  return db.tenant(ctx, async (tx) => {
    const keys: string[] = [];
    for (const { id } of rows) keys.push(await openSigningKey(tx, ctx, id));
    return keys;
  });
}

const keyAtHero = async () => (await listAtHero())[0]?.signingKey ?? "";

describe("rotating a signing key", () => {
  it("the URL stays, Hero gets a new key, and the old one is accepted for a day", async () => {
    await register(confirmed);
    const [before] = await listAtHero();
    const { id: endpointId } = await getEndpoint();
    await addDataKey(ctx);
    const view = await rotateKey(ctx, { endpointId });
    const after = await listAtHero();
    expect(after).toMatchObject([{ url: before?.url, eventType: confirmed }]);
    expect(after[0]?.id).not.toBe(before?.id);
    const keys = [before?.signingKey, after[0]?.signingKey];
    expect(keys[0]).not.toBe(keys[1]);
    expect(await listAcceptedKeys(inMinutes(day - 5))).toEqual(keys);
    expect(await listAcceptedKeys(inMinutes(day + 5))).toEqual([keys[1]]);
    expect(view).toMatchObject({ state: "active", isRotating: false, failure: null });
    expect(Date.parse(view.oldKeyAcceptedUntil ?? "")).toBeGreaterThan(
      inMinutes(day - 5).getTime(),
    );
    expect(await listActions()).toContain("Rotated the signing key of a webhook");
  });

  it("a second rotation within the day keeps both older keys accepted, each for its own day", async () => {
    await register(confirmed);
    const { id: endpointId } = await getEndpoint();
    const keys = [await keyAtHero()];
    await rotateKey(ctx, { endpointId });
    keys.push(await keyAtHero());
    await rotateKey(ctx, { endpointId }, inMinutes(60));
    keys.push(await keyAtHero());
    expect(await listAcceptedKeys(inMinutes(day - 5))).toEqual(keys);
    expect(await listAcceptedKeys(inMinutes(day + 30))).toEqual(keys.slice(1));
    expect(await listAcceptedKeys(inMinutes(day + 65))).toEqual(keys.slice(2));
    expect(await listAtHero()).toHaveLength(1);
  });

  it("when Hero refuses the new key, the old one stays valid", async () => {
    await register(confirmed);
    const before = await listAtHero();
    const { id: endpointId } = await getEndpoint();
    await injectFault({ operation: "createWebhook", key: apiKey, status: 403 });
    await expect(rotateKey(ctx, { endpointId })).rejects.toThrow(HeroError);
    expect(await listAtHero()).toEqual(before);
    expect(await listAcceptedKeys(new Date())).toEqual([before[0]?.signingKey]);
    expect(await getEndpoint()).toMatchObject({ state: "active" });
  });

  it("when the reply is lost, both keys are accepted and the list resolves which one is used", async () => {
    await register(confirmed);
    const oldKey = await keyAtHero();
    const { id: endpointId } = await getEndpoint();
    await injectFault({ operation: "createWebhook", key: apiKey, reset: true, afterWork: true });
    await injectFault({ operation: "listWebhooks", key: apiKey, status: 500, times: 3 });
    const view = await rotateKey(ctx, { endpointId });
    expect(view).toMatchObject({ state: "active", isRotating: true });
    expect(await listAtHero()).toHaveLength(2);
    expect(await listAcceptedKeys(new Date())).toHaveLength(2);
    await expect(rotateKey(ctx, { endpointId })).rejects.toThrow(ConflictError);
    await sync();
    const [current, ...others] = await listAtHero();
    expect(others).toEqual([]);
    expect(await listAcceptedKeys(inMinutes(5))).toEqual([oldKey, current?.signingKey]);
    expect(await getEndpoint()).toMatchObject({ isRotating: false });
  });

  it("the old registration is deleted later when Hero does not delete it at once", async () => {
    await register(confirmed);
    const { id: endpointId } = await getEndpoint();
    await injectFault({ operation: "deleteWebhook", key: apiKey, status: 500, times: 9 });
    await rotateKey(ctx, { endpointId });
    expect(await listAtHero()).toHaveLength(2);
    await fetch(`${env().HERO_SANDBOX_URL}/_sandbox/faults`);
    for (let tries = 0; tries < 9 && (await listAtHero()).length > 1; tries += 1) await sync();
    expect(await listAtHero()).toHaveLength(1);
    await compareWebhooks(ctx, practiceId);
    expect(await getEndpoint()).toMatchObject({ state: "active" });
  });

  it("a webhook that is not registered, another organisation's and a viewer's cannot be rotated", async () => {
    await want([confirmed]);
    const { id: endpointId } = await getEndpoint();
    await expect(rotateKey(ctx, { endpointId })).rejects.toThrow(ConflictError);
    const other = await (await createTenant()).asOwner();
    await expect(rotateKey(other, { endpointId })).rejects.toThrow(NotFoundError);
    const viewer = await tenant.asRole("viewer");
    await expect(rotateKey(viewer, { endpointId })).rejects.toThrow(ForbiddenError);
  });
});

describe("the key of a registration that was given up", () => {
  it("this key is accepted while Hero may still use it, and ends a week later", async () => {
    await want([confirmed]);
    await injectFault({ operation: "createWebhook", key: apiKey, status: 500 });
    await sync();
    await sync(false, inMinutes(5));
    expect(await listAcceptedKeys(inMinutes(6))).toHaveLength(2);
    const late = await registerSandboxWebhook({
      key: apiKey,
      eventType: confirmed,
      url: (await listAtHero())[0]?.url ?? "",
      signingKey: "the first key",
    });
    // Hero has it after all: it is accepted until it has been deleted there.
    await sync(false, inMinutes(8 * day));
    expect(await listAcceptedKeys(inMinutes(8 * day))).toHaveLength(2);
    await deleteSandboxWebhook(late.id);
    await sync(false, inMinutes(6 * day));
    expect(await listAcceptedKeys(inMinutes(6 * day))).toHaveLength(2);
    await sync(false, inMinutes(8 * day));
    expect(await listAcceptedKeys(inMinutes(8 * day))).toEqual([await keyAtHero()]);
    expect(await getEndpoint()).toMatchObject({ state: "active" });
  });

  it("the key of a registration that Hero refused is not accepted", async () => {
    await want([confirmed]);
    await injectFault({ operation: "createWebhook", key: apiKey, status: 403 });
    await sync();
    expect(await getEndpoint()).toMatchObject({ state: "failed" });
    expect(await listAcceptedKeys(new Date())).toEqual([]);
  });
});

describe("testing the address", () => {
  const received: { url: string; body: string; timestamp: string; signature: string }[] = [];
  let answer = 200;
  let location = "";
  const portal = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({
        url: request.url ?? "",
        body: Buffer.concat(chunks).toString(),
        timestamp: String(request.headers["x-herohealth-timestamp"]),
        signature: String(request.headers["x-herohealth-signature"]),
      });
      reply.writeHead(answer, location ? { location } : {}).end("not shown");
    });
  });
  const publicUrl = () => env() as { PUBLIC_URL: string };
  const configuredUrl = publicUrl().PUBLIC_URL;

  beforeAll(async () => {
    portal.listen(0, "127.0.0.1");
    await once(portal, "listening");
    const address = portal.address();
    publicUrl().PUBLIC_URL = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  });
  afterAll(() => {
    publicUrl().PUBLIC_URL = configuredUrl;
    portal.closeAllConnections();
    portal.close();
  });

  it("a signed test event of the practice goes to the portal's own address", async () => {
    await register(confirmed);
    const [atHero] = await listAtHero();
    const { id: endpointId } = await getEndpoint();
    answer = 200;
    const result = await testEndpoint(ctx, { endpointId });
    expect(result).toMatchObject({ isAnswered: true, status: 200, problem: null });
    const sent = received.at(-1);
    expect(atHero?.url).toContain(sent?.url);
    expect(z.record(z.string(), z.string()).parse(JSON.parse(sent?.body ?? ""))).toMatchObject({
      event: "portal.test",
      practice_group_id: "20533",
    });
    const hmac = createHmac("sha256", atHero?.signingKey ?? "");
    hmac.update(`${sent?.timestamp}.${sent?.body}`);
    expect(sent?.signature).toBe(hmac.digest("hex"));
    expect(await getEndpoint()).toMatchObject({ firstVerifiedAt: null });
    expect(await listActions()).toContain("Tested a webhook's address");
  });

  it("a redirect is not followed, and each failure has a sentence that says what to check", async () => {
    await register(confirmed);
    const { id: endpointId } = await getEndpoint();
    const count = received.length;
    answer = 302;
    location = `${env().PUBLIC_URL}/elsewhere`;
    const redirected = await testEndpoint(ctx, { endpointId });
    expect(redirected).toMatchObject({ isAnswered: false, status: 302 });
    expect(redirected.problem).toMatch(/redirects/);
    expect(received.length).toBe(count + 1);
    location = "";
    for (const [status, words] of [
      [401, /signature/],
      [404, /Another server/],
      [413, /size/],
      [502, /error/],
    ] as const) {
      answer = status;
      expect((await testEndpoint(ctx, { endpointId })).problem).toMatch(words);
    }
  });

  it("an address where nothing listens is reported", async () => {
    await register(confirmed);
    const { id: endpointId } = await getEndpoint();
    const listening = publicUrl().PUBLIC_URL;
    publicUrl().PUBLIC_URL = "http://127.0.0.1:1";
    const result = await testEndpoint(ctx, { endpointId });
    publicUrl().PUBLIC_URL = listening;
    expect(result).toMatchObject({ isAnswered: false, status: null });
    expect(result.problem).toMatch(/could not be reached/);
  });
});
