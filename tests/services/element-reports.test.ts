import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import * as route from "@/app/api/v1/element-reports/route";
import { NotFoundError } from "@/server/errors";
import { ukDateOf } from "@/server/schemas/dates";
import { readElementReports } from "@/server/services/element-reports";
import { connectAsSuperuser } from "../setup/database";
import { makePlaced, type Placed } from "../support/elements";

const sql = connectAsSuperuser();
let a: Placed;
let b: Placed;

beforeAll(async () => {
  a = await makePlaced("30297", "a");
  b = await makePlaced("30298", "a");
});

/** As a beacon of the loader. */
const report = async (body: unknown, origin = "https://anywhere.example") => {
  const answer = await route.POST(
    new Request("http://localhost:3000/api/v1/element-reports", {
      method: "POST",
      headers: { "content-type": "text/plain;charset=UTF-8", origin },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  );
  return { status: answer.status, text: await answer.text() };
};

const today = async (side: Placed) => {
  const days = await readElementReports(side.owner, { placementId: side.placementId });
  expect(days).toHaveLength(14);
  expect(days.at(-1)?.day).toBe(ukDateOf(new Date()));
  return days.at(-1)?.counts;
};

describe("reports of loaders", () => {
  it("are counted by day and code, for their own placement", async () => {
    for (const code of ["offline", "script-blocked", "offline"]) {
      expect(await report({ placement: a.placementId, code })).toEqual({ status: 204, text: "" });
    }
    expect(await today(a)).toEqual({ offline: 2, "script-blocked": 1 });
    expect(await today(b)).toEqual({});
    await expect(readElementReports(b.owner, { placementId: a.placementId })).rejects.toThrow(
      NotFoundError,
    );
  });

  it("of a placement that nobody has leave no trace, not even among the tries", async () => {
    const countTries = async () => (await sql`select 1 from rate_limits`).length;
    const c = await makePlaced("30297", "a");
    const before = await countTries();
    const unknown = { placement: randomUUID(), code: "offline" };
    expect(await report(unknown)).toEqual({ status: 204, text: "" });
    expect(await countTries()).toBe(before);
    await report({ ...unknown, placement: c.placementId });
    expect(await countTries()).toBe(before + 1);
  });

  it("keep nothing of the page", async () => {
    await report({ placement: b.placementId, code: "offline" }, "https://patient-record.example");
    const [row] = await sql`select string_agg(r::text, '') as text from element_reports r`;
    expect(row?.text).not.toContain("patient-record");
  });

  it("with anything more, or of another code, are refused whole", async () => {
    const good = { placement: a.placementId, code: "offline" };
    for (const body of [
      { ...good, page: "https://app.example.org/patients/881" },
      { ...good, code: "patient 881" },
      { ...good, placement: "1" },
      [],
      "",
      "code=offline",
      JSON.stringify(good) + " ".repeat(400),
    ]) {
      expect((await report(body)).status).toBeGreaterThanOrEqual(400);
    }
    expect(await today(a)).toEqual({ offline: 2, "script-blocked": 1 });
  });

  it("tell a stranger nothing of which placements there are", async () => {
    expect(await report({ placement: randomUUID(), code: "offline" })).toEqual(
      await report({ placement: b.placementId, code: "offline" }),
    );
  });

  it("cannot drive a number up without end", async () => {
    const c = await makePlaced("30297", "a");
    const statuses: number[] = [];
    for (let times = 0; times < 130; times++) {
      statuses.push((await report({ placement: c.placementId, code: "offline" })).status);
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    expect(await today(c)).toEqual({ offline: 120 });
  });
});
