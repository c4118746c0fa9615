import { describe, expect, it } from "vitest";
import { NotFoundError } from "@/server/errors";
import { disconnectPractice, replaceKey } from "@/server/services/practices/change";
import { connectNetworkPractice, connectPractice } from "@/server/services/practices/connect";
import { listPractices } from "@/server/services/practices/read";
import { getSandboxPractice, injectFault } from "../../support/hero";
import {
  superuser,
  millbrook,
  kingsway,
  otherKey,
  ctx,
  errorOf,
  savedRows,
  listActions,
  readStoredKey,
} from "./support";

describe("replacing a key", () => {
  it("a new key replaces the old one for all its practices", async () => {
    const main = await connectPractice(ctx, millbrook);
    const { credential } = main;
    const hub = { credentialId: credential.id, practiceGroupId: "20690" };
    const networkPractice = await connectNetworkPractice(ctx, hub);
    await superuser`update credentials set state = 'needs_new_key' where id = ${credential.id}`;
    const views = await replaceKey(ctx, { credentialId: credential.id, apiKey: otherKey.apiKey });
    expect(views.map(({ id }) => id).sort()).toEqual([main.id, networkPractice.id].sort());
    for (const view of views) {
      expect(view).toMatchObject({
        health: "working",
        credential: { id: credential.id, lastFour: otherKey.apiKey.slice(-4) },
      });
      expect(view.credential.fingerprint).not.toBe(credential.fingerprint);
      expect(await readStoredKey(view.id)).toBe(otherKey.apiKey);
    }
    expect((await savedRows()).credentials).toHaveLength(1);
    expect(await listActions()).toContain("Replaced the Hero API key");
  });

  it("nothing changes when Hero rejects the new key or does not respond", async () => {
    const main = await connectPractice(ctx, millbrook);
    const before = await savedRows();
    const credentialId = main.credential.id;
    const results = [
      ["sandbox_a_key_that_nobody_made", { field: "apiKey" }],
      [kingsway.apiKey, { field: "apiKey", message: expect.stringContaining("Millbrook") }],
    ] as const;
    for (const [apiKey, rejection] of results) {
      await expect(replaceKey(ctx, { credentialId, apiKey })).rejects.toMatchObject(rejection);
    }
    await injectFault({
      operation: "getPracticeGroupById",
      key: millbrook.apiKey,
      malformed: true,
    });
    await expect(replaceKey(ctx, { credentialId, apiKey: millbrook.apiKey })).rejects.toMatchObject(
      { code: "unreadable_reply" },
    );
    expect(await savedRows()).toEqual(before);
    expect(await listActions()).not.toContain("Replaced the Hero API key");
  });

  it("a key of another practice of this organisation is rejected", async () => {
    const main = await connectPractice(ctx, millbrook);
    const neighbourPractice = await getSandboxPractice("20417", "c");
    await connectPractice(ctx, neighbourPractice);
    const input = { credentialId: main.credential.id, apiKey: neighbourPractice.apiKey };
    await expect(replaceKey(ctx, input)).rejects.toMatchObject({
      field: "apiKey",
      message: "This key is already saved for another practice.",
    });
    expect(await readStoredKey(main.id)).toBe(millbrook.apiKey);
  });
});

describe("one new key for two old ones at once", () => {
  it("one of two simultaneous replacements succeeds, and the other is rejected", async () => {
    const main = await connectPractice(ctx, millbrook);
    const hub = await connectPractice(ctx, {
      practiceGroupId: "20690",
      apiKey: (await getSandboxPractice("20417", "c")).apiKey,
    });
    const results = await Promise.allSettled(
      [main, hub].map(({ credential }) =>
        replaceKey(ctx, { credentialId: credential.id, apiKey: otherKey.apiKey }),
      ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ field: "apiKey" });
    }
  });
});

describe("a practice disconnected during a call to Hero", () => {
  /** Starts a slow call to Hero and disconnects the practice during it. */
  async function disconnectDuring(
    practiceId: string,
    apiKey: string,
    task: () => Promise<unknown>,
  ) {
    await injectFault({ operation: "getPracticeGroupById", key: apiKey, delayMs: 400 });
    const working = errorOf(task());
    await new Promise((resolve) => setTimeout(resolve, 150));
    await disconnectPractice(ctx, { practiceId });
    return working;
  }

  it("a practice disconnected in the meantime gets no new key", async () => {
    const main = await connectPractice(ctx, millbrook);
    const input = { credentialId: main.credential.id, apiKey: millbrook.apiKey };
    const error = await disconnectDuring(main.id, millbrook.apiKey, () => replaceKey(ctx, input));
    expect(error).toBeInstanceOf(NotFoundError);
    expect((await savedRows()).credentials).toMatchObject([{ state: "removed", sealed_key: null }]);
  });

  it("a practice disconnected in the meantime does not share its key", async () => {
    const main = await connectPractice(ctx, millbrook);
    const input = { credentialId: main.credential.id, practiceGroupId: "20690" };
    const error = await disconnectDuring(main.id, millbrook.apiKey, () =>
      connectNetworkPractice(ctx, input),
    );
    expect(error).toBeInstanceOf(NotFoundError);
    expect(await listPractices(ctx)).toEqual([]);
    expect((await savedRows()).practices).toHaveLength(1);
  });
});
