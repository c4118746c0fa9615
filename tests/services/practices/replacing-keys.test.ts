import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fingerprint } from "@/server/crypto/tokens";
import { NotFoundError } from "@/server/errors";
import { toFailure } from "@/server/http/errors";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { createBookingLinkInput } from "@/server/schemas/links/inputs";
import { createBookingLink } from "@/server/services/links/create";
import { closeLink } from "@/server/services/links/update";
import { disconnectPractice, replaceKey } from "@/server/services/practices/change";
import { connectNetworkPractice, connectPractice } from "@/server/services/practices/connect";
import { getBookingOptions, listPractices } from "@/server/services/practices/read";
import { getSandboxPractice, injectFault, listHeroCalls } from "../../support/hero";
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

describe("a key replaced while calls wait for their turn", () => {
  /** A practice with its own key. `pause` keeps all calls with that key back for three seconds. */
  async function connectPausable() {
    const practice = await getSandboxPractice("20533", "a");
    const view = await connectPractice(ctx, practice);
    const options = await getBookingOptions(ctx, { practiceId: view.id });
    const createLink = () =>
      createBookingLink(
        ctx,
        createBookingLinkInput.parse({
          operationId: randomUUID(),
          practiceId: view.id,
          appointmentTypeId: options.appointmentTypes[0]?.id ?? "",
          locationId: options.locations[0]?.id ?? "",
          expiresOn: addDays(ukDateOf(new Date()), 7),
          maxUses: 1,
        }),
      );
    const pause = async () => {
      await superuser`update hero_limits set ready_at = now() + interval '3 seconds'
        where key = ${`sandbox:${fingerprint(practice.apiKey)}`}`;
    };
    return { view, apiKey: practice.apiKey, createLink, pause };
  }

  it("a link that waited is created with the new key", async () => {
    const { view, apiKey, createLink, pause } = await connectPausable();
    await pause();
    const creating = createLink();
    const replacement = await getSandboxPractice("20533", "b");
    await replaceKey(ctx, { credentialId: view.credential.id, apiKey: replacement.apiKey });
    expect(await creating).toMatchObject({ state: "live" });
    expect(await listHeroCalls(apiKey, "createBookingLink")).toHaveLength(0);
    expect(await listHeroCalls(replacement.apiKey, "createBookingLink")).toHaveLength(1);
  });

  it("a change that waited is made with the new key", async () => {
    const { view, apiKey, createLink, pause } = await connectPausable();
    const { id: linkId } = await createLink();
    await pause();
    const closing = closeLink(ctx, { linkId });
    const replacement = await getSandboxPractice("20533", "b");
    await replaceKey(ctx, { credentialId: view.credential.id, apiKey: replacement.apiKey });
    expect(await closing).toMatchObject({ state: "closed" });
    expect(await listHeroCalls(apiKey, "updateBookingLink")).toHaveLength(0);
    expect(await listHeroCalls(replacement.apiKey, "updateBookingLink")).toHaveLength(1);
  });

  it("a link that waited for a practice that was disconnected is refused, and nothing is written", async () => {
    const { view, apiKey, createLink, pause } = await connectPausable();
    await pause();
    const creating = errorOf(createLink());
    await disconnectPractice(ctx, { practiceId: view.id });
    expect(await creating).toMatchObject({
      code: "disconnected",
      writeOutcome: "no",
      message: "The practice was disconnected meanwhile. Nothing was sent.",
    });
    expect(toFailure(await creating)).toMatchObject({ code: "conflict" });
    expect(await listHeroCalls(apiKey, "createBookingLink")).toHaveLength(0);
    expect(await superuser`select id from links where practice_id = ${view.id}`).toEqual([]);
  });
});
