import { randomUUID } from "node:crypto";
import Papa from "papaparse";
import { v7 as uuidv7 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { linkAppointments, webhookEndpoints } from "@/db/schema/webhooks";
import { resultsInput } from "@/server/schemas/results";
import { countLinks } from "@/server/services/links/read";
import { countResults } from "@/server/services/results/count";
import { exportResults } from "@/server/services/results/export";
import { getOverview } from "@/server/services/results/overview";
import type { TenantContext } from "@/server/tenancy/context";
import { createLedger, inDays, today } from "./ledger/support";

let ledger: Awaited<ReturnType<typeof createLedger>>;

beforeAll(async () => {
  ledger = await createLedger();
});

type Row = Partial<typeof links.$inferInsert>;

/** A link created at this time, with one appointment for each given state. */
async function insertLinkAt(
  iso: string,
  overrides: Row = {},
  appointments: { cancelled?: boolean; bookedAt?: Date }[] = [],
  ctx: TenantContext = ledger.ownCtx,
) {
  const createdAt = new Date(iso);
  const linkId = await ledger.insertLink(
    { id: uuidv7({ msecs: createdAt.getTime() }), createdAt, ...overrides },
    ctx,
  );
  const practiceId = ctx === ledger.ownCtx ? ledger.practiceId : ledger.otherPracticeId;
  for (const { cancelled = false, bookedAt = createdAt } of appointments)
    await db.tenant(ctx, (tx) =>
      tx.insert(linkAppointments).values({
        tenantId: ctx.tenantId,
        environment: ctx.environment,
        practiceId: overrides.practiceId ?? practiceId,
        heroAppointmentId: randomUUID(),
        linkId,
        state: cancelled ? "cancelled" : "booked",
        bookedAt,
        cancelledAt: cancelled ? bookedAt : null,
        readAt: bookedAt,
      }),
    );
  return linkId;
}

const count = (input: Record<string, unknown>, ctx: TenantContext = ledger.ownCtx) =>
  countResults(ctx, resultsInput.parse(input));

const noResults = {
  created: 0,
  opened: 0,
  booked: 0,
  cancelled: 0,
  opens: 0,
  bookings: 0,
  cancellations: 0,
};

async function readCsv(query: Record<string, string>, ctx: TenantContext = ledger.ownCtx) {
  const { fileName, chunks } = await exportResults(ctx, query);
  let text = "";
  for await (const chunk of chunks) text += chunk;
  const { data } = Papa.parse<Record<string, string>>(text.replace("\ufeff", ""), {
    header: true,
    skipEmptyLines: true,
  });
  return { fileName, text, data };
}

describe("what links led to", () => {
  const period = { from: "2025-06-02", to: "2025-06-08" };
  const bulkUploadId = randomUUID();

  beforeAll(async () => {
    const at = (day: number) => `2025-06-0${day}T10:00:00Z`;
    // Never opened.
    await insertLinkAt(at(2), { tags: ["Recall", "Flu"] });
    // Opened, not booked.
    await insertLinkAt(at(2), { opens: 3, openedAt: new Date(at(3)), tags: ["recall"] });
    // Booked, as Hero counted; nothing is known of its appointment.
    await insertLinkAt(at(3), { uses: 1, bulkUploadId, appointmentTypeName: "Blood test" });
    // Booked, as Hero's record of the appointment says; its uses were not polled since.
    await insertLinkAt(at(4), { opens: 1, bulkUploadId }, [{}]);
    // Booked and cancelled: still booked.
    await insertLinkAt(at(4), { uses: 1, opens: 2 }, [{ cancelled: true }]);
    // A link for anyone, with three bookings.
    await insertLinkAt(at(8), { uses: 3, opens: 9, name: "=Poster" }, [{}, { cancelled: true }]);
    // A form link with a response.
    await insertLinkAt(at(8), {
      kind: "form",
      formId: "f1",
      formTitle: "Asthma review",
      appointmentTypeId: null,
      appointmentTypeName: null,
      locationId: null,
      uses: 1,
    });
    await insertLinkAt(at(3), { patientId: "41" });
    // Not counted: never created, or outside the period.
    await insertLinkAt(at(3), { outcome: "failed" });
    await insertLinkAt(at(3), { outcome: "unknown" });
    await insertLinkAt("2025-06-01T22:59:59Z", { uses: 1 });
    await insertLinkAt("2025-06-08T23:00:01Z", { uses: 1 });
    // The look-alike organisation's own.
    await insertLinkAt(at(3), { uses: 1, tags: ["recall"] }, [{}], ledger.otherCtx);
  });

  it("each link counts once in each step, and what happened with it is added up", async () => {
    const { totals } = await count(period);
    expect(totals).toEqual({
      created: 8,
      opened: 6,
      booked: 5,
      cancelled: 2,
      opens: 15,
      bookings: 7,
      cancellations: 2,
    });
  });

  it("days without links are listed, and the days add up to the total", async () => {
    const { step, intervals, totals } = await count(period);
    expect(step).toBe("day");
    expect(intervals.map(({ startsOn, created }) => [startsOn, created])).toEqual([
      ["2025-06-02", 2],
      ["2025-06-03", 2],
      ["2025-06-04", 2],
      ["2025-06-05", 0],
      ["2025-06-06", 0],
      ["2025-06-07", 0],
      ["2025-06-08", 2],
    ]);
    expect(intervals.reduce((sum, { bookings }) => sum + bookings, 0)).toBe(totals.bookings);
  });

  it("a longer period is shown by week, from its first day and then from Mondays", async () => {
    const { step, intervals } = await count({ from: "2025-05-28", to: "2025-07-15" });
    expect(step).toBe("week");
    expect(intervals.map(({ startsOn, created }) => [startsOn, created])).toEqual([
      // Sunday 1 June at 23:59 in the UK.
      ["2025-05-28", 1],
      ["2025-06-02", 8],
      // Monday 9 June at 00:00 in the UK.
      ["2025-06-09", 1],
      ["2025-06-16", 0],
      ["2025-06-23", 0],
      ["2025-06-30", 0],
      ["2025-07-07", 0],
      ["2025-07-14", 0],
    ]);
  });

  it.each([
    ["kind", { kind: "form" }, { created: 1, opened: 1, booked: 1 }],
    ["audience", { audience: "patient_invite" }, { created: 1, opened: 0, booked: 0 }],
    ["tag in any case", { tag: "RECALL" }, { created: 2, opened: 1, booked: 0 }],
    ["bulk upload", { bulkUploadId }, { created: 2, opened: 2, booked: 2 }],
    ["upload and tag", { bulkUploadId, tag: "recall" }, { created: 0, opened: 0, booked: 0 }],
  ])("filtered by %s", async (_name, filter, expected) => {
    expect((await count({ ...period, ...filter })).totals).toMatchObject(expected);
    const { practiceId } = ledger;
    expect((await count({ ...period, ...filter, practiceId })).totals).toMatchObject(expected);
  });

  it("grouped by tag, a link counts for each of its tags", async () => {
    const { groups } = await count({ ...period, groupBy: "tag" });
    expect(groups.map(({ id, created, opened }) => [id, created, opened])).toEqual([
      [null, 6, 5],
      ["recall", 2, 1],
      ["flu", 1, 0],
    ]);
  });

  it("grouped by upload, appointment type, practice and link", async () => {
    const groupsBy = async (groupBy: string) =>
      (await count({ ...period, groupBy })).groups.map(({ id, name, created, booked }) => ({
        id,
        name,
        created,
        booked,
      }));
    expect(await groupsBy("bulk_upload")).toEqual([
      { id: null, name: null, created: 6, booked: 3 },
      { id: bulkUploadId, name: null, created: 2, booked: 2 },
    ]);
    expect(
      (await groupsBy("appointment_type")).map(({ name, created }) => [name, created]),
    ).toEqual([
      ["Flu clinic", 6],
      ["Asthma review", 1],
      ["Blood test", 1],
    ]);
    expect(await groupsBy("practice")).toEqual([
      { id: ledger.practiceId, name: expect.any(String), created: 8, booked: 5 },
    ]);
    expect(await groupsBy("link")).toHaveLength(8);
    expect(await groupsBy("date")).toEqual([]);
  });

  it("no more groups and links are counted than the limits allow, the newest first", async () => {
    const input = resultsInput.parse({ ...period, groupBy: "link" });
    const few = await countResults(ledger.ownCtx, input, { maxLinks: 2, maxGroups: 1 });
    expect(few).toMatchObject({ isTruncated: true, hasMoreGroups: true });
    expect(few.groups).toHaveLength(1);
    expect(few.totals.created).toBe(2);
    expect(few.intervals.at(-1)?.created).toBe(2);
    expect(await count(period)).toMatchObject({ isTruncated: false, hasMoreGroups: false });
  });

  it("c1: another organisation sees its own links only, whatever it requests", async () => {
    const { otherCtx, practiceId } = ledger;
    expect((await count(period, otherCtx)).totals).toMatchObject({ created: 1, booked: 1 });
    for (const foreign of [{ practiceId }, { bulkUploadId }])
      expect((await count({ ...period, ...foreign }, otherCtx)).totals).toEqual(noResults);
    const { groups } = await count({ ...period, groupBy: "tag" }, otherCtx);
    expect(groups.map(({ id, created }) => [id, created])).toEqual([["recall", 1]]);
  });

  it("the CSV file has the numbers of the page, and no cell that a spreadsheet would calculate", async () => {
    const byLink = await readCsv({ ...period, groupBy: "link" });
    expect(byLink.fileName).toBe("results-by-link-2025-06-02-to-2025-06-08.csv");
    expect(byLink.data).toHaveLength(8);
    expect(byLink.text).toContain('"\'=Poster"');
    expect(
      byLink.data.flatMap((row) => Object.values(row)).filter((cell) => /^[=+@\t-]/.test(cell)),
    ).toEqual([]);
    const byDate = await readCsv({ ...period, groupBy: "date" });
    expect(byDate.data).toHaveLength(7);
    expect(byDate.data[2]).toEqual({
      date: "2025-06-04",
      links_created: "2",
      links_opened: "2",
      links_booked: "2",
      links_cancelled: "1",
      opens: "3",
      bookings: "2",
      cancellations: "1",
    });
    await expect(readCsv({ from: "2025-06-02", to: "soon" })).rejects.toThrow(
      "Enter the last date.",
    );
  });
});

describe("days on which the clocks change", () => {
  it("the day in March has 23 hours and the day in October 25, in UK time", async () => {
    // From GMT to BST on 30 March 2025, and back on 26 October.
    for (const iso of [
      "2025-03-29T23:59:59Z",
      "2025-03-30T00:00:00Z",
      "2025-03-30T22:59:59Z",
      "2025-03-30T23:00:00Z",
      "2025-10-25T22:59:59Z",
      "2025-10-25T23:00:00Z",
      "2025-10-26T23:59:59Z",
      "2025-10-27T00:00:00Z",
    ])
      await insertLinkAt(iso);
    const countDays = async (from: string, to: string) =>
      (await count({ from, to })).intervals.map(({ created }) => created);
    expect(await countDays("2025-03-29", "2025-03-31")).toEqual([1, 2, 1]);
    expect(await countDays("2025-10-25", "2025-10-27")).toEqual([1, 2, 1]);
    expect(await countDays("2025-03-30", "2025-03-30")).toEqual([2]);
    expect(await countDays("2025-10-26", "2025-10-26")).toEqual([2]);
  });
});

describe("the overview", () => {
  it("counts the links of this month, and lists those booked since yesterday", async () => {
    const { ownCtx, otherCtx, listIds } = ledger;
    const before = await getOverview(otherCtx, {});
    const now = new Date();
    const booked = await insertLinkAt(now.toISOString(), {}, [{ bookedAt: now }]);
    await insertLinkAt(now.toISOString(), {}, [{ bookedAt: new Date(`${inDays(-2)}T12:00:00Z`) }]);
    const { month, knowsBookings } = await getOverview(ownCtx, {});
    expect(month.totals).toMatchObject({ created: 2, booked: 2 });
    expect(month.intervals.at(-1)).toMatchObject({ startsOn: today, created: 2 });
    expect(month.intervals[0]?.startsOn).toBe(`${today.slice(0, 7)}-01`);
    expect(knowsBookings).toBe(true);
    expect(await countLinks(ownCtx, { bookedSince: "yesterday" })).toEqual({
      count: 1,
      hasMore: false,
    });
    expect(await listIds({ bookedSince: "yesterday" })).toEqual([booked]);
    expect(await listIds({ bookedSince: "last_7_days" })).toHaveLength(2);
    expect(await listIds({ bookedSince: "yesterday" }, otherCtx)).toEqual([]);
    expect(await getOverview(otherCtx, {})).toEqual(before);
  });

  it("a practice is silent from the email about it until the next delivery", async () => {
    const { ownCtx, otherCtx, practiceId } = ledger;
    const mailedAt = new Date("2026-01-02T00:00:00Z");
    const id = randomUUID();
    await db.tenant(ownCtx, (tx) =>
      tx.insert(webhookEndpoints).values({
        tenantId: ownCtx.tenantId,
        environment: ownCtx.environment,
        id,
        practiceId,
        eventType: "appointment.confirmed",
        urlToken: randomUUID(),
        createdBy: ownCtx.tenantId,
        lastVerifiedAt: new Date("2026-01-01T00:00:00Z"),
        silenceMailedAt: mailedAt,
      }),
    );
    const silentIn = async (ctx: TenantContext, input = {}) =>
      (await getOverview(ctx, input)).silentPractices;
    expect(await silentIn(ownCtx)).toEqual([
      { id: practiceId, name: expect.any(String), lastHeardAt: "2026-01-01T00:00:00.000Z" },
    ]);
    expect(await silentIn(ownCtx, { practiceId: randomUUID() })).toEqual([]);
    expect(await silentIn(otherCtx, { practiceId })).toEqual([]);
    await db.tenant(ownCtx, (tx) =>
      tx.update(webhookEndpoints).set({ lastVerifiedAt: new Date("2026-01-03T00:00:00Z") }),
    );
    expect(await silentIn(ownCtx)).toEqual([]);
  });
});
