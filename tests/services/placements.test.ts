import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ForbiddenError, InvalidInputError, NotFoundError } from "@/server/errors";
import { createPlacementInput } from "@/server/schemas/placements";
import { measureContrast, defaultColours, theme } from "@/server/schemas/theme";
import { listActivity } from "@/server/services/activity";
import { listPracticeElements } from "@/server/services/elements/practice-elements";
import { getPlacement, listPlacements } from "@/server/services/placements/read";
import {
  createPlacement,
  setPlacementTheme,
  switchPlacement,
  updatePlacement,
} from "@/server/services/placements/save";
import { createPlacementFixture, type PlacementFixture } from "../support/elements";
import { getSandboxPractice } from "../support/hero";

let a: PlacementFixture;
let b: PlacementFixture;

beforeAll(async () => {
  a = await createPlacementFixture("30297", "a");
  b = await createPlacementFixture("30298", "a");
});

const placementInput = (overrides: Record<string, unknown> = {}) =>
  createPlacementInput.parse({
    element: "hh-message-builder",
    name: "Letters",
    practiceIds: [a.practiceId],
    origins: ["https://App.Example.org/", "https://*.example.org"],
    theme: null,
    attributes: {},
    ...overrides,
  });

describe("saving a placement", () => {
  it("a placement stores origins as browsers send them, is audited and turned on", async () => {
    const placement = await createPlacement(a.owner, placementInput());
    expect(placement).toMatchObject({
      name: "Letters",
      origins: ["https://app.example.org", "https://*.example.org"],
      isOn: true,
      tokensExpireAt: null,
      practices: [{ id: a.practiceId, isConnected: true }],
    });
    const { items } = await listActivity(a.owner, { limit: 1 });
    expect(items).toMatchObject([{ action: "Created a placement", subject: { id: placement.id } }]);
  });

  it("c1: a placement cannot use another tenant's practice, and no other tenant sees it", async () => {
    for (const practiceIds of [[b.practiceId], [a.practiceId, b.practiceId], [randomUUID()]]) {
      const before = (await listPlacements(a.owner)).length;
      await expect(createPlacement(a.owner, placementInput({ practiceIds }))).rejects.toThrow(
        NotFoundError,
      );
      await expect(
        updatePlacement(a.owner, {
          ...placementInput({ practiceIds, name: "Changed" }),
          placementId: a.placementId,
        }),
      ).rejects.toThrow(NotFoundError);
      const after = await listPlacements(a.owner);
      expect(after).toHaveLength(before);
      expect(after.map(({ name }) => name)).not.toContain("Changed");
    }
    const otherPlacements = await listPlacements(b.owner);
    expect(otherPlacements.map(({ id }) => id)).toEqual([b.placementId]);
  });

  it.each(["https://*.co.uk", "https://*.nhs.uk", "https://*.github.io", "https://*.uk.com"])(
    "%s is rejected as an origin, because different organisations own its subdomains",
    async (origin) => {
      await expect(createPlacement(a.owner, placementInput({ origins: [origin] }))).rejects.toThrow(
        InvalidInputError,
      );
    },
  );

  it("a placement is turned off and on once in the audit log, however often it is requested", async () => {
    const { id: placementId } = await createPlacement(a.owner, placementInput());
    for (const isOn of [false, false, true]) {
      expect((await switchPlacement(a.owner, { placementId, isOn })).isOn).toBe(isOn);
    }
    const { items } = await listActivity(a.owner, { limit: 3 });
    expect(items.map(({ action }) => action)).toEqual([
      "Turned on a placement",
      "Turned off a placement",
      "Created a placement",
    ]);
  });

  it("a practice disconnected in the meantime stays when something else is changed", async () => {
    const c = await createPlacementFixture("30297", "a");
    const other = await c.tenant.connect(await getSandboxPractice("30298", "a"));
    const { disconnectPractice } = await import("@/server/services/practices/change");
    await disconnectPractice(c.owner, { practiceId: c.practiceId });
    const changed = await updatePlacement(c.owner, {
      ...placementInput({ practiceIds: [c.practiceId, other.id], name: "Both" }),
      placementId: c.placementId,
    });
    expect(changed.practices.map(({ id, isConnected }) => [id, isConnected])).toEqual(
      expect.arrayContaining([
        [c.practiceId, false],
        [other.id, true],
      ]),
    );
  });
});

describe("a theme", () => {
  const own = { colours: defaultColours, font: { sans: "Georgia, serif" } };

  it("a theme is set when a placement is created", async () => {
    expect((await createPlacement(a.owner, placementInput({ theme: own }))).theme).toEqual(own);
  });

  it("a theme is changed separately: what was removed in the meantime stays removed", async () => {
    const c = await createPlacementFixture("30297", "a");
    const other = await c.tenant.connect(await getSandboxPractice("30298", "a"));
    const { placementId } = c;
    // A colleague has removed an origin and a practice since the designer was opened.
    await updatePlacement(c.owner, {
      placementId,
      name: "Narrowed",
      practiceIds: [other.id],
      origins: ["https://app.example.org"],
      attributes: { adminId: "8" },
    });
    const before = await getPlacement(c.owner, { placementId });
    expect(before.practices.map(({ id }) => id)).toEqual([other.id]);

    const changed = await setPlacementTheme(c.owner, { placementId, theme: own });
    expect(changed).toEqual({ ...before, theme: own });
    expect(await getPlacement(c.owner, { placementId })).toEqual(changed);
    const { items } = await listActivity(c.owner, { limit: 1 });
    expect(items).toMatchObject([
      { action: "Changed the theme of a placement", subject: { id: placementId } },
    ]);
    expect((await setPlacementTheme(c.owner, { placementId, theme: null })).theme).toBeNull();
  });

  it("a theme stays when the rest of a placement is changed", async () => {
    const c = await createPlacementFixture("30297", "a");
    const { placementId } = c;
    await setPlacementTheme(c.owner, { placementId, theme: own });
    // The input of an older form that still has a theme.
    const { element: _, ...staleInput } = placementInput({
      practiceIds: [c.practiceId],
      name: "New name",
    });
    const changed = await updatePlacement(c.owner, { ...staleInput, placementId });
    expect(changed).toMatchObject({ name: "New name", origins: staleInput.origins, theme: own });
  });

  it("a theme cannot be changed by another tenant or without permission", async () => {
    const { placementId } = a;
    const before = await getPlacement(a.owner, { placementId });
    for (const [ctx, rejection] of [
      [b.owner, NotFoundError],
      [await a.tenant.asRole("operator"), ForbiddenError],
    ] as const) {
      await expect(setPlacementTheme(ctx, { placementId, theme: own })).rejects.toThrow(rejection);
    }
    expect(await getPlacement(a.owner, { placementId })).toEqual(before);
  });

  it("a theme with unreadable colours is rejected with its score", () => {
    const typography = { ...defaultColours.typography, base: "#9a9a9a" };
    const parsed = theme.safeParse({ colours: { ...defaultColours, typography } });
    expect(parsed.error?.issues).toMatchObject([
      {
        path: ["colours", "typography", "base"],
        message: "Text on the page has a contrast of 2.81 to 1; it needs 4.5 to 1.",
      },
    ]);
  });

  it("the limit is 4.5 to 1: #767676 on white passes, #777777 does not", () => {
    const score = (base: string) =>
      measureContrast({
        ...defaultColours,
        typography: { ...defaultColours.typography, base },
      }).find(({ name }) => name === "Text on the page");
    expect(score("#767676")).toMatchObject({ ratio: 4.54, isSufficient: true });
    expect(score("#777777")).toMatchObject({ ratio: 4.47, isSufficient: false });
    expect(score("#000000")).toMatchObject({ ratio: 21 });
    expect(score("#ffffff")).toMatchObject({ ratio: 1 });
  });

  it("the editor's initial theme passes", () => {
    expect(measureContrast(defaultColours).every(({ isSufficient }) => isSufficient)).toBe(true);
  });
});

describe("a practice's elements", () => {
  it("elements are the ones that Hero assigned, recognised by their tag", async () => {
    const { owner, practiceId } = await createPlacementFixture("30182", "c");
    const { items } = await listPracticeElements(owner, { practiceId });
    expect(items).toMatchObject([{ tag: "hh-message-builder", version: "latest" }]);
  });
});
