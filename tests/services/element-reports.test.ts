import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import * as route from "@/app/api/v1/element-reports/route";
import { NotFoundError } from "@/server/errors";
import { ukDateOf } from "@/server/schemas/dates";
import { listElementReports } from "@/server/services/element-reports";
import { connectAsSuperuser } from "../setup/database";
import { createPlacementFixture, type PlacementFixture } from "../support/elements";

const sql = connectAsSuperuser();
let a: PlacementFixture;
let b: PlacementFixture;

beforeAll(async () => {
  a = await createPlacementFixture("30297", "a");
  b = await createPlacementFixture("30298", "a");
});

/** Sends a report as the loader's beacon does. */
const sendReport = async (body: unknown, origin = "https://anywhere.example") => {
  const response = await route.POST(
    new Request("http://localhost:3000/api/v1/element-reports", {
      method: "POST",
      headers: { "content-type": "text/plain;charset=UTF-8", origin },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  );
  return { status: response.status, text: await response.text() };
};

const countToday = async (fixture: PlacementFixture) => {
  const days = await listElementReports(fixture.owner, { placementId: fixture.placementId });
  expect(days).toHaveLength(14);
  expect(days.at(-1)?.day).toBe(ukDateOf(new Date()));
  return days.at(-1)?.counts;
};

describe("error reports from loaders", () => {
  it("reports are counted by date and code for their own placement", async () => {
    for (const code of ["offline", "script-blocked", "offline"]) {
      expect(await sendReport({ placement: a.placementId, code })).toEqual({
        status: 204,
        text: "",
      });
    }
    expect(await countToday(a)).toEqual({ offline: 2, "script-blocked": 1 });
    expect(await countToday(b)).toEqual({});
    await expect(listElementReports(b.owner, { placementId: a.placementId })).rejects.toThrow(
      NotFoundError,
    );
  });

  it("reports of unknown placements leave no trace, not even in rate limits", async () => {
    const countRateLimits = async () => (await sql`select 1 from rate_limits`).length;
    const c = await createPlacementFixture("30297", "a");
    const before = await countRateLimits();
    const unknownPlacement = { placement: randomUUID(), code: "offline" };
    expect(await sendReport(unknownPlacement)).toEqual({ status: 204, text: "" });
    expect(await countRateLimits()).toBe(before);
    await sendReport({ ...unknownPlacement, placement: c.placementId });
    expect(await countRateLimits()).toBe(before + 1);
  });

  it("reports store nothing about the page", async () => {
    await sendReport(
      { placement: b.placementId, code: "offline" },
      "https://patient-record.example",
    );
    const [row] = await sql`select string_agg(r::text, '') as text from element_reports r`;
    expect(row?.text).not.toContain("patient-record");
  });

  it("reports with extra fields or unknown codes are rejected", async () => {
    const validReport = { placement: a.placementId, code: "offline" };
    for (const body of [
      { ...validReport, page: "https://app.example.org/patients/881" },
      { ...validReport, code: "patient 881" },
      { ...validReport, placement: "1" },
      [],
      "",
      "code=offline",
      JSON.stringify(validReport) + " ".repeat(400),
    ]) {
      expect((await sendReport(body)).status).toBeGreaterThanOrEqual(400);
    }
    expect(await countToday(a)).toEqual({ offline: 2, "script-blocked": 1 });
  });

  it("reports do not reveal which placements exist", async () => {
    expect(await sendReport({ placement: randomUUID(), code: "offline" })).toEqual(
      await sendReport({ placement: b.placementId, code: "offline" }),
    );
  });

  it("D: reports over the limit are not counted, and say nothing of the placement", async () => {
    const c = await createPlacementFixture("30297", "a");
    const statuses: number[] = [];
    for (let times = 0; times < 130; times++) {
      statuses.push((await sendReport({ placement: c.placementId, code: "offline" })).status);
    }
    expect(new Set(statuses)).toEqual(new Set([204]));
    expect(await countToday(c)).toEqual({ offline: 120 });
  });
});
