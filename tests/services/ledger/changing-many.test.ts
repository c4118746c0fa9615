import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { explainNotReopened } from "@/components/links/labels";
import { NotFoundError } from "@/server/errors";
import { listLinkHistory } from "@/server/services/links/history";
import { getLink } from "@/server/services/links/read";
import { updateLinks } from "@/server/services/links/update-many";
import { disconnectPractice } from "@/server/services/practices/change";
import { connectPractice } from "@/server/services/practices/connect";
import { getSandboxPractice, injectFault } from "../../support/hero";
import { createLedger, inDays } from "./support";

const { apiKey, ownCtx, otherCtx, insertLink, listIds, createLinkAtHero } = await createLedger();

describe("changing several links", () => {
  it("links are extended, closed and tagged with a result for each, and changes can be undone", async () => {
    const [first, other] = [await createLinkAtHero(), await createLinkAtHero()];
    const form = await insertLink({
      kind: "form",
      formId: "f1",
      formTitle: "Asthma",
      appointmentTypeId: null,
      appointmentTypeName: null,
      locationId: null,
      locationName: null,
    });
    const extended = await updateLinks(ownCtx, {
      changes: [first.id, other.id, form].map((linkId) => ({ linkId, expiresOn: inDays(40) })),
    });
    expect(extended.map(({ outcome }) => outcome)).toEqual(["done", "done", "refused"]);
    expect(extended[2]?.reason).toContain("cannot be changed");
    expect((await getLink(ownCtx, { linkId: first.id })).expiresOn).toBe(inDays(40));

    const closed = await updateLinks(ownCtx, {
      changes: [{ linkId: first.id, isClosed: true, tags: ["Over"] }],
    });
    expect(await getLink(ownCtx, { linkId: first.id })).toMatchObject({
      state: "closed",
      tags: ["Over"],
    });
    expect(await listIds({ tag: "over" })).toEqual([first.id]);
    const [{ previous }] = closed as [(typeof closed)[number]];
    expect(previous).toEqual({ expiresOn: inDays(40), isClosed: false, tags: [] });
    const undone = await updateLinks(ownCtx, {
      changes: [{ linkId: first.id, isClosed: false, tags: [] }],
    });
    expect(undone[0]?.outcome).toBe("done");
    expect(await getLink(ownCtx, { linkId: first.id })).toMatchObject({
      state: "live",
      tags: [],
      expiresOn: inDays(40),
    });
    expect(await listIds({ tag: "over" })).toEqual([]);
    const repeated = await updateLinks(ownCtx, {
      changes: [{ linkId: first.id, isClosed: false }],
    });
    expect(repeated[0]?.outcome).toBe("same");
    const history = await listLinkHistory(ownCtx, { linkId: first.id });
    expect(history.map(({ action }) => action)).toEqual([
      "Reopened a link",
      "Closed a link",
      "Changed a link",
      "Created a link",
      "Requested a link",
    ]);
  });

  it("a link of a disconnected practice can be tagged, since Hero is not involved", async () => {
    const spare = await getSandboxPractice("20417", "b");
    const other = await connectPractice(ownCtx, spare);
    const id = await insertLink({ practiceId: other.id });
    await disconnectPractice(ownCtx, { practiceId: other.id });
    const [tagged] = await updateLinks(ownCtx, { changes: [{ linkId: id, tags: ["Kept"] }] });
    expect(tagged?.outcome).toBe("done");
    expect(await listIds({ tag: "kept" })).toEqual([id]);
    const [closed] = await updateLinks(ownCtx, { changes: [{ linkId: id, isClosed: true }] });
    expect(closed).toMatchObject({
      outcome: "refused",
      reason: expect.stringContaining("disconnected"),
    });
  });

  it("E4: a link that expired while it was closed stays closed, and the result says why", async () => {
    const open = await createLinkAtHero();
    await updateLinks(ownCtx, { changes: [{ linkId: open.id, isClosed: true }] });
    const expired = await insertLink({ closedAt: new Date(), expiresOn: inDays(-1) });
    const results = await updateLinks(ownCtx, {
      changes: [open.id, expired].map((linkId) => ({ linkId, isClosed: false })),
    });
    expect(results).toMatchObject([
      { outcome: "done" },
      {
        outcome: "refused",
        reason: "Expired links cannot be reopened. Create a new link instead.",
      },
    ]);
    expect(await getLink(ownCtx, { linkId: expired })).toMatchObject({ state: "closed" });
    const selection = [
      { state: "closed" as const, expiresOn: inDays(1) },
      { state: "closed" as const, expiresOn: inDays(-1) },
      { state: "live" as const, expiresOn: inDays(1) },
    ];
    expect(explainNotReopened(selection, inDays(0))).toBe(
      "1 closed link will stay closed: expired links cannot be reopened. Create new ones instead. 1 other link will not change.",
    );
  });

  it("c1: nothing changes when one of the links is another tenant's", async () => {
    const foreign = await insertLink({}, otherCtx);
    const own = await createLinkAtHero();
    for (const unreachableId of [foreign, randomUUID()]) {
      const changes = [own.id, unreachableId].map((linkId) => ({ linkId, tags: ["taken"] }));
      await expect(updateLinks(ownCtx, { changes })).rejects.toThrow(NotFoundError);
    }
    expect((await getLink(ownCtx, { linkId: own.id })).tags).toEqual([]);
    await expect(listLinkHistory(ownCtx, { linkId: foreign })).rejects.toThrow(NotFoundError);
  });

  it("each link without a response from Hero is reported, and the others are changed", async () => {
    const [first, other] = [await createLinkAtHero(), await createLinkAtHero()];
    await injectFault({ operation: "updateBookingLink", key: apiKey, times: 1, status: 400 });
    const results = await updateLinks(ownCtx, {
      changes: [first.id, other.id].map((linkId) => ({ linkId, expiresOn: inDays(33) })),
    });
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(["done", "refused"]);
    const failed = results.find(({ outcome }) => outcome === "refused");
    expect((await getLink(ownCtx, { linkId: failed?.linkId ?? "" })).expiresOn).toBe(inDays(20));
  });
});
