import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ConflictError, ForbiddenError, NotFoundError } from "@/server/errors";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { CreateBookingLinkInput } from "@/server/schemas/links/inputs";
import { listActivity } from "@/server/services/activity";
import { closeLink, updateLink } from "@/server/services/links/update";
import { listLinkHistory } from "@/server/services/links/history";
import { refreshLink } from "@/server/services/links/refresh";
import { createBookingLink } from "@/server/services/links/create";
import { findLinkByOperation, getLink, listLinks } from "@/server/services/links/read";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { getSandboxPractice, injectFault, listHeroCalls, listHeroLinks } from "../support/hero";
import { createTenantPair, firstBookingChoice } from "../support/tenants";

const today = ukDateOf(new Date());

let ownCtx: TenantContext;
let otherCtx: TenantContext;
let operator: TenantContext;
let viewer: TenantContext;
let practiceId: string;
let apiKey: string;
let practiceGroupId: string;
let choice: Pick<CreateBookingLinkInput, "appointmentTypeId" | "locationId">;

beforeAll(async () => {
  const tenants = await createTenantPair();
  const practice = await getSandboxPractice("20417", "a");
  ({ apiKey, practiceGroupId } = practice);
  practiceId = (await tenants.first.connect(practice)).id;
  await tenants.second.connect(await getSandboxPractice("20417", "b"));
  ownCtx = await tenants.first.asOwner();
  otherCtx = await tenants.second.asOwner();
  operator = await tenants.first.asRole("operator");
  viewer = await tenants.first.asRole("viewer");
  choice = await firstBookingChoice(ownCtx, practiceId);
});

const createInput = (overrides: Partial<CreateBookingLinkInput> = {}): CreateBookingLinkInput => ({
  operationId: randomUUID(),
  practiceId,
  ...choice,
  expiresOn: addDays(today, 7),
  maxUses: 3,
  ...overrides,
});

const countHeroLinks = async () => (await listHeroLinks(practiceGroupId)).length;

describe("creating a link", () => {
  it("creating a link calls Hero once, stores the address and writes audit rows", async () => {
    const link = await createBookingLink(operator, createInput({ name: "Flu website" }));
    expect(link).toMatchObject({ state: "live", uses: 0, maxUses: 3, audience: "generic" });
    expect(link.url).toMatch(/^http:\/\/localhost:\d+\/s\/\w+$/);
    const page = await listActivity(ownCtx, {});
    const entries = page.items.filter((item) => item.subject.id === link.id);
    expect(entries.map((item) => item.action)).toEqual(["Created a link", "Requested a link"]);
    expect((await listLinks(viewer, {})).items.map(({ id }) => id)).toContain(link.id);
  });

  it("one operation creates one link, however often and in parallel it is sent", async () => {
    const before = await countHeroLinks();
    const sharedInput = createInput();
    const created = await Promise.all(
      Array.from({ length: 8 }, () => createBookingLink(ownCtx, sharedInput)),
    );
    expect(new Set(created.map(({ id }) => id)).size).toBe(1);
    const [first] = created;
    expect(await createBookingLink(ownCtx, sharedInput)).toMatchObject({
      id: first?.id,
      state: "live",
    });
    expect(await findLinkByOperation(ownCtx, sharedInput)).toEqual({ linkId: first?.id });
    expect(await countHeroLinks()).toBe(before + 1);
  });

  it("a used operation ID is rejected with other values", async () => {
    const first = createInput();
    await createBookingLink(ownCtx, first);
    await expect(createBookingLink(ownCtx, { ...first, maxUses: 9 })).rejects.toThrow(
      ConflictError,
    );
  });

  it("a viewer cannot create a link, and nothing is written or sent", async () => {
    const calls = (await listHeroCalls(apiKey)).length;
    const callInput = createInput();
    await expect(createBookingLink(viewer, callInput)).rejects.toThrow(ForbiddenError);
    expect(await findLinkByOperation(ownCtx, callInput)).toBeNull();
    expect((await listHeroCalls(apiKey)).length).toBe(calls);
  });

  it("c2: another tenant's practice is not found, and nothing is sent", async () => {
    const calls = (await listHeroCalls(apiKey)).length;
    await expect(createBookingLink(otherCtx, createInput())).rejects.toThrow(NotFoundError);
    expect((await listHeroCalls(apiKey)).length).toBe(calls);
  });

  it("an appointment type that Hero does not list is rejected", async () => {
    await expect(
      createBookingLink(ownCtx, createInput({ appointmentTypeId: "99999999" })),
    ).rejects.toMatchObject({
      field: "appointmentTypeId",
    });
  });
});

describe("Hero's errors", () => {
  const outcomes = [
    ["400", { status: 400 }, "failed", 0],
    ["401", { status: 401 }, "failed", 0],
    ["403", { status: 403 }, "failed", 0],
    ["404", { status: 404 }, "failed", 0],
    ["500", { status: 500 }, "unknown", 0],
    ["500 after the work was done", { status: 500, afterWork: true }, "unknown", 1],
    ["a redirect", { status: 302, headers: { location: "/elsewhere" } }, "unknown", 0],
    ["half a body", { truncate: true, afterWork: true }, "unknown", 1],
    ["nonsense", { malformed: true }, "unknown", 0],
    ["an empty body", { empty: true }, "unknown", 0],
    ["a broken connection", { reset: true }, "unknown", 0],
    ["silence", { hang: true }, "unknown", 0],
  ] as const;

  it.each(outcomes)(
    "%s becomes a link with the right state and reason",
    async (_, fault, state, createdAtHero) => {
      const before = await countHeroLinks();
      await injectFault({ operation: "createBookingLink", key: apiKey, ...fault });
      const callInput = createInput();
      const link = await createBookingLink(ownCtx, callInput);
      expect(link.state).toBe(state);
      expect(link.url).toBeNull();
      expect(link.reason).toMatch(/\.$/);
      expect(await createBookingLink(ownCtx, callInput)).toMatchObject({ id: link.id, state });
      expect(await countHeroLinks()).toBe(before + createdAtHero);
      expect((await getLink(ownCtx, { linkId: link.id })).state).toBe(state);
    },
  );

  it("a link is created after the errors, and the key counts as working", async () => {
    const link = await createBookingLink(ownCtx, createInput());
    expect(link.state).toBe("live");
  });

  it("each call leaves a metadata row and never a body", async () => {
    const rows = await connectAsSuperuser()`
      select * from hero_requests where operation = 'createBookingLink' order by occurred_at`;
    expect(rows.length).toBeGreaterThan(outcomes.length);
    expect(new Set(rows.map((row) => row.error_code))).toContain("timed_out");
    expect(JSON.stringify(rows)).not.toContain(apiKey);
  });

  it("a link is unknown when the process that requested it died", async () => {
    const link = await createBookingLink(ownCtx, createInput());
    await connectAsSuperuser()`
      update links set outcome = 'pending', url = null, requested_at = now() - interval '10 minutes'
      where id = ${link.id}`;
    expect((await getLink(ownCtx, { linkId: link.id })).state).toBe("unknown");
  });
});

describe("changing and closing a link", () => {
  it("new limits are changed at Hero and in the ledger", async () => {
    const link = await createBookingLink(ownCtx, createInput());
    const change = { linkId: link.id, expiresOn: addDays(today, 30), maxUses: 5, name: "New" };
    expect(await updateLink(operator, change)).toMatchObject({
      expiresOn: change.expiresOn,
      maxUses: 5,
      name: "New",
    });
    expect(await refreshLink(viewer, { linkId: link.id })).toMatchObject({ maxUses: 5 });
  });

  it("the history of a changed link has what changed and nothing else", async () => {
    const link = await createBookingLink(ownCtx, createInput());
    const expiresOn = addDays(today, 30);
    await updateLink(ownCtx, { linkId: link.id, expiresOn, maxUses: 3, name: "New" });
    const [event] = await listLinkHistory(ownCtx, { linkId: link.id });
    expect(event?.details).toEqual({ expiresOn });
  });

  it("a link is closed once, and a closed link cannot be changed", async () => {
    const link = await createBookingLink(ownCtx, createInput());
    const closed = await closeLink(ownCtx, { linkId: link.id });
    expect(closed.state).toBe("closed");
    expect(await closeLink(ownCtx, { linkId: link.id })).toEqual(closed);
    await expect(
      updateLink(ownCtx, { linkId: link.id, expiresOn: addDays(today, 3), maxUses: 1 }),
    ).rejects.toThrow(ConflictError);
  });

  it("the ledger is unchanged when Hero rejects a change", async () => {
    const link = await createBookingLink(ownCtx, createInput());
    await injectFault({ operation: "updateBookingLink", key: apiKey, status: 400 });
    await expect(closeLink(ownCtx, { linkId: link.id })).rejects.toMatchObject({
      code: "bad_request",
    });
    expect((await getLink(ownCtx, { linkId: link.id })).state).toBe("live");
  });

  it("a lost response is resolved by reading, without another change", async () => {
    const link = await createBookingLink(ownCtx, createInput());
    await injectFault({
      operation: "updateBookingLink",
      key: apiKey,
      reset: true,
      afterWork: true,
    });
    const before = (await listHeroCalls(apiKey, "updateBookingLink")).length;
    expect((await closeLink(ownCtx, { linkId: link.id })).state).toBe("closed");
    expect((await listHeroCalls(apiKey, "updateBookingLink")).length).toBe(before + 1);
  });

  it("a change that cannot be resolved is reported", async () => {
    const link = await createBookingLink(ownCtx, createInput());
    await injectFault({ operation: "updateBookingLink", key: apiKey, status: 500 });
    await expect(closeLink(ownCtx, { linkId: link.id })).rejects.toMatchObject({
      code: "upstream_failed",
    });
    expect(await getLink(ownCtx, { linkId: link.id })).toMatchObject({
      state: "live",
      reason: expect.stringContaining("do not know whether"),
    });
  });

  it("another tenant's link is not found, in the same words as an unknown one", async () => {
    const link = await createBookingLink(ownCtx, createInput());
    const unknownLink = { linkId: randomUUID() };
    for (const action of [getLink, closeLink, refreshLink]) {
      const foreign = await action(otherCtx, { linkId: link.id }).catch((error: unknown) => error);
      const absent = await action(otherCtx, unknownLink).catch((error: unknown) => error);
      expect(foreign).toBeInstanceOf(NotFoundError);
      expect(foreign).toEqual(absent);
    }
    expect((await getLink(ownCtx, { linkId: link.id })).state).toBe("live");
  });

  it("a viewer cannot change a link", async () => {
    const link = await createBookingLink(ownCtx, createInput());
    await expect(closeLink(viewer, { linkId: link.id })).rejects.toThrow(ForbiddenError);
  });
});

describe("the ledger", () => {
  it("the ledger pages without gap or repeat, newest first", async () => {
    for (let i = 0; i < 5; i++) await createBookingLink(ownCtx, createInput());
    const all = (await listLinks(ownCtx, { limit: 100 })).items.map(({ id }) => id);
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listLinks(ownCtx, { limit: 3, cursor });
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(paged).toEqual(all);
    expect(all).toEqual([...all].sort().reverse());
  });

  it("the ledger shows another tenant nothing", async () => {
    expect((await listLinks(otherCtx, { limit: 100 })).items).toEqual([]);
    expect((await listLinks(otherCtx, { practiceId })).items).toEqual([]);
  });
});
