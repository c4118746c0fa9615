import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { linkState } from "@/server/schemas/links/view";
import { exportLinks, getLink, selectMatchingLinks } from "@/server/services/links/read";
import { createLedger, inDays, today } from "./support";

const { ownCtx, otherCtx, viewer, insertLink, list, listIds } = await createLedger();

describe("the states of the ledger", () => {
  it("filtering by state gives the same states as reading each link", async () => {
    const outcomes = ["active", "pending", "failed", "unknown"] as const;
    const days = [-1, 0, 1, 2, 3, 30];
    for (const outcome of outcomes) {
      for (const day of days) {
        for (const [uses, closed, stopped, isOld, patientId = null] of [
          [0, false, false, false],
          [5, false, false, true],
          [0, true, false, false],
          [5, true, true, true],
          [0, false, true, false],
          [5, false, false, false, "8812"],
        ] as const) {
          await insertLink({
            outcome,
            expiresOn: inDays(day),
            uses,
            tags: ["states"],
            patientId,
            closedAt: closed ? new Date() : null,
            stoppedAt: stopped ? new Date() : null,
            requestedAt: new Date(Date.now() - (isOld ? 3_600_000 : 0)),
          });
        }
      }
    }
    const { items } = await list({ tag: "states", limit: 100 });
    const next = await list({ tag: "states", limit: 100, cursor: items.at(-1)?.id });
    const all = [...items, ...next.items];
    expect(all).toHaveLength(144);
    let matched = 0;
    for (const state of linkState.options) {
      const expectedIds = all.filter((link) => link.state === state).map(({ id }) => id);
      expect(expectedIds.length, state).toBeGreaterThan(0);
      expect(await listIds({ tag: "states", state }), state).toEqual(expectedIds);
      matched += expectedIds.length;
    }
    expect(matched).toBe(144);
  });
});

describe("booked links", () => {
  it("E1: an invite whose bookings are made is booked, also after its expiry date, but not once closed", async () => {
    const booked = { patientId: "8812", uses: 1, maxUses: 1 };
    for (const [state, row] of [
      ["booked", booked],
      ["booked", { ...booked, expiresOn: inDays(-3) }],
      ["live", { ...booked, maxUses: 2 }],
      ["expired", { ...booked, maxUses: 2, expiresOn: inDays(-3) }],
      ["closed", { ...booked, closedAt: new Date() }],
      ["used_up", { ...booked, patientId: null }],
      ["expired", { ...booked, patientId: null, expiresOn: inDays(-3) }],
    ] as const) {
      const linkId = await insertLink(row);
      expect((await getLink(ownCtx, { linkId })).state).toBe(state);
      expect(await listIds({ state })).toContain(linkId);
      expect(await listIds({ state: "used_up" })).toEqual(
        state === "used_up"
          ? expect.arrayContaining([linkId])
          : expect.not.arrayContaining([linkId]),
      );
    }
  });
});

describe("a list as a whole", () => {
  it("E2: an export has every matching link, and no cell that a spreadsheet would calculate", async () => {
    const tag = "exported";
    for (let index = 0; index < 12; index += 1)
      await insertLink({
        tags: [tag],
        name: `=HYPERLINK("http://x";"${index}")`,
        reference: `+4${index}`,
      });
    const { fileName, chunks } = await exportLinks(viewer, { tag });
    let text = "";
    for await (const chunk of chunks) text += chunk;
    const { data } = Papa.parse<Record<string, string>>(text.replace("\ufeff", ""), {
      header: true,
      skipEmptyLines: true,
    });
    expect(fileName).toBe(`links-${today}.csv`);
    expect(data).toHaveLength(12);
    expect(
      data.flatMap((row) => Object.values(row)).filter((cell) => /^[=+@\t-]/.test(cell)),
    ).toEqual([]);
    expect(data[0]).toMatchObject({ state: "live", tags: tag, uses: "0", max_uses: "5" });
  });

  it("E2: all matching links are selected with what their actions need", async () => {
    const tag = "selected";
    const ids = [await insertLink({ tags: [tag] }), await insertLink({ tags: [tag, "more"] })];
    const selection = await selectMatchingLinks(viewer, { tag });
    expect(selection).toMatchObject({
      hasMore: false,
      items: [
        { id: ids[1], state: "live", tags: [tag, "more"] },
        { id: ids[0], state: "live", tags: [tag], expiresOn: inDays(10) },
      ],
    });
    expect((await selectMatchingLinks(otherCtx, { tag })).items).toEqual([]);
  });
});
