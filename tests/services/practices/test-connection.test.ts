import { describe, expect, it, vi } from "vitest";
import { NotFoundError, RateLimitedError } from "@/server/errors";
import { disconnectPractice } from "@/server/services/practices/change";
import { connectPractice } from "@/server/services/practices/connect";
import { testPracticeNow } from "@/server/services/practices/test-connection";
import { getBookingOptions, getPractice } from "@/server/services/practices/read";
import { injectFault, listHeroCalls } from "../../support/hero";
import { superuser, millbrook, tenant, ctx, listActions } from "./support";

describe("testing a connected practice", () => {
  it("a test stores Hero's current data", async () => {
    const before = await connectPractice(ctx, millbrook);
    await superuser`update practices set name = 'Old name', capability_checks = '[]', last_checked_at = null
      where id = ${before.id}`;
    const after = await testPracticeNow(await tenant.asRole("viewer"), { practiceId: before.id });
    expect(after).toMatchObject({ name: "Millbrook Health Centre", health: "working" });
    expect(after.capabilityChecks).toHaveLength(9);
    expect(Date.parse(after.lastSuccessAt ?? "")).toBeGreaterThan(
      Date.parse(before.lastSuccessAt ?? ""),
    );
  });

  it("a failed test keeps the last success, and the next good test clears it", async () => {
    const before = await connectPractice(ctx, millbrook);
    const fault = { operation: "getPracticeGroupById", key: millbrook.apiKey, malformed: true };
    await injectFault({ ...fault, malformed: true });
    const failing = await testPracticeNow(ctx, { practiceId: before.id });
    expect(failing).toMatchObject({
      name: before.name,
      health: "failing",
      healthReason: "Hero's reply could not be read.",
      lastSuccessAt: before.lastSuccessAt,
      credential: { state: "working" },
    });
    expect(failing.lastCheckedAt).not.toBe(before.lastCheckedAt);
    expect(await testPracticeNow(ctx, { practiceId: before.id })).toMatchObject({
      health: "working",
      healthReason: null,
    });
  });

  it("a 401 marks the key once, and the key recovers by itself", async () => {
    const { id } = await connectPractice(ctx, millbrook);
    await injectFault({
      operation: "getPracticeGroupById",
      key: millbrook.apiKey,
      status: 401,
      times: 2,
    });
    const rejected = await testPracticeNow(ctx, { practiceId: id });
    expect(rejected).toMatchObject({
      health: "needs_new_key",
      healthReason: expect.stringMatching(/^Hero no longer accepts this key\./),
      credential: { state: "needs_new_key" },
    });
    await testPracticeNow(ctx, { practiceId: id });
    const recovered = await testPracticeNow(ctx, { practiceId: id });
    expect(recovered.health).toBe("working");
    expect((await listActions()).slice(3)).toEqual([
      "Hero rejected the API key",
      "Hero accepted the API key again",
    ]);
  });

  it("a 403 marks only its capability", async () => {
    const { id } = await connectPractice(ctx, millbrook);
    await injectFault({ operation: "listPractitioners", key: millbrook.apiKey, status: 403 });
    await expect(getBookingOptions(ctx, { practiceId: id })).rejects.toMatchObject({
      code: "forbidden",
    });
    const view = await getPractice(ctx, { practiceId: id });
    expect(view.health).toBe("working");
    expect(view.capabilityChecks.filter(({ isAvailable }) => !isAvailable)).toMatchObject([
      { capability: "practitioners", reason: expect.stringMatching(/^Hero does not allow/) },
    ]);
    expect(await listActions()).not.toContain("Hero rejected the API key");
    const tested = await testPracticeNow(ctx, { practiceId: id });
    expect(tested.capabilityChecks.every(({ isAvailable }) => isAvailable)).toBe(true);
  });

  it("a test stores what links can be created for", async () => {
    const { id } = await connectPractice(ctx, millbrook);
    const operator = await tenant.asRole("operator");
    const options = await getBookingOptions(operator, { practiceId: id });
    expect(options.appointmentTypes.length).toBeGreaterThan(2);
    expect(options.locations.map(({ name }) => name)).toContain("Millbrook Health Centre");
    expect(options.practitioners.map(({ name }) => name)).toContain("Dr Farah Siddiqui");
    const [row] = await superuser`select booking_options from practices where id = ${id}`;
    expect(row?.booking_options).toEqual(options);
  });
});

describe("C2: many tests at once", () => {
  it("C2: tests of one practice at once are one test, and each person has a share", async () => {
    const { id } = await connectPractice(ctx, millbrook);
    const viewer = await tenant.asRole("viewer");
    const countCalls = async () =>
      (await listHeroCalls(millbrook.apiKey, "getPracticeGroupById")).length;
    const before = await countCalls();
    const views = await Promise.all(
      Array.from({ length: 24 }, () => testPracticeNow(viewer, { practiceId: id })),
    );
    expect(views.every(({ health }) => health === "working")).toBe(true);
    expect((await countCalls()) - before).toBe(1);
    await Promise.all(Array.from({ length: 6 }, () => testPracticeNow(viewer, { practiceId: id })));
    await expect(testPracticeNow(viewer, { practiceId: id })).rejects.toThrow(RateLimitedError);
    // The share of another person is untouched.
    expect((await testPracticeNow(ctx, { practiceId: id })).health).toBe("working");
  });

  it("C2: tests in two processes at once are one test, and both get its result", async () => {
    const { id } = await connectPractice(ctx, millbrook);
    const countCalls = async () =>
      (await listHeroCalls(millbrook.apiKey, "getPracticeGroupById")).length;
    const before = await countCalls();
    // Only the database is shared with modules that are loaded again.
    vi.resetModules();
    const otherProcess = await import("@/server/services/practices/test-connection");
    await injectFault({ operation: "getPracticeGroupById", key: millbrook.apiKey, delayMs: 1200 });
    const input = { practiceId: id };
    const first = testPracticeNow(ctx, input);
    await vi.waitFor(async () => expect((await countCalls()) - before).toBe(1));
    const [result, otherResult] = await Promise.all([
      first,
      otherProcess.testPracticeNow(ctx, input),
    ]);
    expect(otherResult).toEqual(result);
    expect((await countCalls()) - before).toBe(1);
    // The next test is a new one.
    expect((await otherProcess.testPracticeNow(ctx, input)).lastCheckedAt).not.toBe(
      result.lastCheckedAt,
    );
  });

  it("C2: a failed test leaves the practice free for the next one", async () => {
    const { id } = await connectPractice(ctx, millbrook);
    await disconnectPractice(ctx, { practiceId: id });
    await expect(testPracticeNow(ctx, { practiceId: id })).rejects.toThrow(NotFoundError);
    await connectPractice(ctx, millbrook);
    expect((await testPracticeNow(ctx, { practiceId: id })).health).toBe("working");
  });
});
