import { describe, expect, it } from "vitest";
import { NotFoundError } from "@/server/errors";
import {
  disconnectPractice,
  previewDisconnect,
  renamePractice,
} from "@/server/services/practices/change";
import {
  connectNetworkPractice,
  connectPractice,
  verifyNetworkPractice,
} from "@/server/services/practices/connect";
import { testPracticeNow } from "@/server/services/practices/test-connection";
import {
  getBookingOptions,
  getPractice,
  listPracticeOptions,
  listPractices,
} from "@/server/services/practices/read";
import { listHeroCalls } from "../../support/hero";
import { millbrook, ctx, savedRows, listActions, readStoredKey } from "./support";

describe("disconnecting a practice", () => {
  it("disconnecting lists what is affected beforehand, and removes the practice", async () => {
    const main = await connectPractice(ctx, millbrook);
    const preview = await previewDisconnect(ctx, { practiceId: main.id });
    expect(preview).toEqual({ liveLinks: 0, practicesOnThisKey: 1, webhooks: 0 });
    expect(await disconnectPractice(ctx, { practiceId: main.id })).toEqual({ webhooksLeft: 0 });
    expect(await listPractices(ctx)).toEqual([]);
    const calls = (await listHeroCalls(millbrook.apiKey)).length;
    for (const call of [getPractice, testPracticeNow, getBookingOptions, disconnectPractice]) {
      await expect(call(ctx, { practiceId: main.id })).rejects.toThrow(NotFoundError);
    }
    expect((await listHeroCalls(millbrook.apiKey)).length).toBe(calls);
    expect((await listActions()).at(-1)).toBe("Disconnected the practice");
  });

  it("the sealed key is deleted with its last practice, and not before", async () => {
    const main = await connectPractice(ctx, millbrook);
    const hub = { credentialId: main.credential.id, practiceGroupId: "20690" };
    const networkPractice = await connectNetworkPractice(ctx, hub);
    expect(await previewDisconnect(ctx, { practiceId: main.id })).toMatchObject({
      practicesOnThisKey: 2,
    });
    await disconnectPractice(ctx, { practiceId: main.id });
    expect((await savedRows()).credentials).toMatchObject([{ state: "working" }]);
    expect(await readStoredKey(networkPractice.id)).toBe(millbrook.apiKey);
    await disconnectPractice(ctx, { practiceId: networkPractice.id });
    expect((await savedRows()).credentials).toMatchObject([{ state: "removed", sealed_key: null }]);
    await expect(verifyNetworkPractice(ctx, hub)).rejects.toThrow(NotFoundError);
  });

  it("the key is also deleted when its last two practices are disconnected at once", async () => {
    const main = await connectPractice(ctx, millbrook);
    const hub = { credentialId: main.credential.id, practiceGroupId: "20690" };
    const networkPractice = await connectNetworkPractice(ctx, hub);
    await Promise.all(
      [main, networkPractice].map(({ id }) => disconnectPractice(ctx, { practiceId: id })),
    );
    expect(await listPractices(ctx)).toEqual([]);
    expect((await savedRows()).credentials).toMatchObject([{ state: "removed", sealed_key: null }]);
  });

  it("a disconnected practice can be connected again, with the same row and a new key", async () => {
    const main = await connectPractice(ctx, millbrook);
    await disconnectPractice(ctx, { practiceId: main.id });
    const reconnected = await connectPractice(ctx, { ...millbrook, nickname: "Back" });
    expect(reconnected).toMatchObject({ id: main.id, nickname: "Back", health: "working" });
    expect(await readStoredKey(reconnected.id)).toBe(millbrook.apiKey);
    const { practices, credentials } = await savedRows();
    expect([practices.length, credentials.length]).toEqual([1, 1]);
    expect((await listActions()).slice(3)).toEqual([
      "Disconnected the practice",
      "Added a Hero API key",
      "Reconnected the practice",
    ]);
  });
});

describe("renaming a practice", () => {
  it("a nickname is set and cleared, with an audit row each time", async () => {
    const { id } = await connectPractice(ctx, millbrook);
    expect(await renamePractice(ctx, { practiceId: id, nickname: "Mill" })).toMatchObject({
      nickname: "Mill",
      name: "Millbrook Health Centre",
    });
    expect((await listPracticeOptions(ctx))[0]?.name).toBe("Mill");
    expect((await renamePractice(ctx, { practiceId: id })).nickname).toBeNull();
    expect((await listActions()).slice(3)).toEqual([
      "Changed the practice's nickname",
      "Changed the practice's nickname",
    ]);
  });
});
