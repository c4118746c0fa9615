import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from "@/server/errors";
import type { BulkRow } from "@/server/schemas/bulk";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { checkBulk } from "@/server/services/bulk/check";
import {
  cancelBulk,
  clearBulk,
  pauseBulk,
  resumeBulk,
  startBulk,
} from "@/server/services/bulk/control";
import { addBulkRows, createBulk } from "@/server/services/bulk/create";
import { getBulk, listBulkRows, openBulkResult } from "@/server/services/bulk/read";
import { settleRow } from "@/server/services/bulk/rows";
import { listBulksToTend } from "@/server/services/housekeeping";
import { runBulk } from "@/server/services/bulk/run";
import { listLinks } from "@/server/services/links/read";
import { getBookingOptions } from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { findPractice, injectFault, listCalls, listCrowd, listTestPatients } from "../support/hero";
import { makeLookAlikes } from "../support/tenants";

const superuser = connectAsSuperuser();
const { signal } = new AbortController();
const expiresOn = addDays(ukDateOf(new Date()), 7);

let ours: TenantContext;
let theirs: TenantContext;
let viewer: TenantContext;
let practiceId: string;
let theirPracticeId: string;
let apiKey: string;
let choice: { appointmentTypeId: string; locationId: string };

beforeAll(async () => {
  const tenants = await makeLookAlikes();
  const practice = await findPractice("30183", "c");
  ({ apiKey } = practice);
  practiceId = (await tenants.ours.connect(practice)).id;
  theirPracticeId = (await tenants.theirs.connect(await findPractice("30183", "b"))).id;
  ours = await tenants.ours.as();
  theirs = await tenants.theirs.as();
  viewer = await tenants.ours.asRole("viewer");
  const options = await getBookingOptions(ours, { practiceId });
  choice = {
    appointmentTypeId: options.appointmentTypes[0]?.id ?? "",
    locationId: options.locations[0]?.id ?? "",
  };
});

const rowOf = (rowNumber: number, over: Partial<BulkRow> = {}): BulkRow =>
  ({
    rowNumber,
    reference: `ref-${rowNumber}`,
    practiceId,
    ...choice,
    expiresOn,
    maximumUses: 1,
    ...over,
  }) as BulkRow;

async function fill(rows: BulkRow[], ctx = ours) {
  const bulk = await createBulk(ctx, {
    operationId: randomUUID(),
    name: "Flu letters",
    kind: rows[0]?.formId ? "form" : "booking",
    rowCount: rows.length,
    columns: { reference: "Ref", nhsNumber: "NHS no" },
  });
  return addBulkRows(ctx, { bulkId: bulk.id, rows });
}

async function start(rows: BulkRow[], ctx = ours) {
  const { id } = await fill(rows, ctx);
  await startBulk(ctx, { bulkId: id, confirmedRecipients: rows.length });
  return id;
}

const run = async (bulkId: string, ctx = ours) => {
  await runBulk(ctx, bulkId, signal);
  return getBulk(ctx, { bulkId });
};

const byNumber = (one: { nhsNumber: string; dateOfBirth: string }): Pick<BulkRow, "identity"> => ({
  identity: { by: "nhs_number", nhsNumber: one.nhsNumber, dateOfBirth: one.dateOfBirth },
});

const rowsAtRest = (bulkId: string) => superuser`
  select row_number, state::text, sealed, patient_id, row_to_json(bulk_rows)::text as everything
  from bulk_rows where bulk_id = ${bulkId} order by row_number`;

async function readResult(bulkId: string, ctx = ours): Promise<string> {
  let text = "";
  for await (const piece of (await openBulkResult(ctx, { bulkId })).pieces) text += piece;
  return text;
}

describe("a file of rows", () => {
  it("makes one link for each row, looks patients up and wipes who they were", async () => {
    const crowd = await listCrowd(3);
    const bulkId = await start([
      ...crowd.map((one, at) => rowOf(at + 1, byNumber(one))),
      rowOf(4, { maximumUses: 5 }),
    ]);
    const sealed = await rowsAtRest(bulkId);
    expect(sealed.map((row) => row.sealed !== null)).toEqual([true, true, true, false]);
    for (const { everything } of sealed) expect(everything).not.toContain(crowd[0]?.nhsNumber);

    const bulk = await run(bulkId);
    expect(bulk).toMatchObject({ state: "finished", counts: { made: 4, refused: 0, unknown: 0 } });
    const after = await rowsAtRest(bulkId);
    expect(after.every((row) => row.sealed === null)).toBe(true);
    const { items } = await listLinks(ours, { bulkId });
    expect(items).toHaveLength(4);
    expect(items.map(({ reference }) => reference ?? "").toSorted()).toEqual([
      "ref-1",
      "ref-2",
      "ref-3",
      "ref-4",
    ]);
    expect(items.filter(({ patientId }) => patientId !== null)).toHaveLength(3);
    expect(new Set(items.map(({ url }) => url)).size).toBe(4);
  });

  it("says of each refused row why, and makes the others", async () => {
    const people = await listTestPatients("30183");
    const unknown = await listTestPatients(null);
    const restricted = people.find((one) => one.isRestricted);
    const login = unknown.find((one) => one.needsLogin);
    const [crowd] = await listCrowd(1);
    if (!restricted || !login || !crowd) throw new Error("The sandbox lacks somebody.");
    const bulkId = await start([
      rowOf(1, byNumber({ ...crowd, dateOfBirth: "1999-01-01" })),
      rowOf(2, byNumber(login)),
      rowOf(3, byNumber(restricted)),
      rowOf(4, { appointmentTypeId: "99999999" }),
      rowOf(5),
    ]);
    const bulk = await run(bulkId);
    expect(bulk).toMatchObject({ state: "finished", counts: { made: 1, refused: 4 } });
    const { items } = await listBulkRows(ours, { bulkId, state: "refused" });
    expect(items.map(({ reason }) => reason)).toEqual([
      expect.stringContaining("no such patient"),
      expect.stringContaining("verify their identity"),
      expect.stringContaining("restricted"),
      expect.stringContaining("no longer lists this appointment type"),
    ]);
    expect((await rowsAtRest(bulkId)).every((row) => row.sealed === null)).toBe(true);
  });

  it("leaves a row whose answer was lost unknown, and never asks for it again", async () => {
    const bulkId = await start([rowOf(1), rowOf(2), rowOf(3)]);
    const before = (await listCalls(apiKey, "createBookingLink")).length;
    await injectFault({
      operation: "createBookingLink",
      key: apiKey,
      times: 1,
      afterWork: true,
      reset: true,
    });
    expect(await run(bulkId)).toMatchObject({ state: "finished", counts: { made: 2, unknown: 1 } });
    await run(bulkId);
    expect((await listCalls(apiKey, "createBookingLink")).length - before).toBe(3);
  });

  it("waits out Hero's “slow down” under the same link, and asks until it is made", async () => {
    const bulkId = await start([rowOf(1), rowOf(2)]);
    await injectFault({
      operation: "createBookingLink",
      key: apiKey,
      times: 2,
      status: 429,
      retryAfter: 0,
    });
    expect(await run(bulkId)).toMatchObject({ state: "finished", counts: { made: 2, refused: 0 } });
    expect((await listLinks(ours, { bulkId })).items.map(({ state }) => state)).toEqual([
      "live",
      "live",
    ]);
  });

  it("pauses by itself when Hero does not accept the key, and goes on when told to", async () => {
    const bulkId = await start([rowOf(1), rowOf(2), rowOf(3)]);
    await injectFault({ operation: "createBookingLink", key: apiKey, times: 3, status: 401 });
    const paused = await run(bulkId);
    expect(paused.state).toBe("paused");
    expect(paused.pauseReason).toContain("Replace the key");
    expect(paused.counts.waiting + paused.counts.made).toBe(3);
    await resumeBulk(ours, { bulkId });
    for (let turn = 0; turn < 3; turn += 1) {
      if ((await getBulk(ours, { bulkId })).state === "paused") await resumeBulk(ours, { bulkId });
      await run(bulkId);
    }
    expect(await getBulk(ours, { bulkId })).toMatchObject({
      state: "finished",
      counts: { made: 3 },
    });
  });

  it("does nothing more once paused, and wipes what waits when cancelled", async () => {
    const crowd = await listCrowd(2);
    const bulkId = await start(crowd.map((one, at) => rowOf(at + 1, byNumber(one))));
    await pauseBulk(ours, { bulkId });
    expect(await run(bulkId)).toMatchObject({ state: "paused", counts: { waiting: 2 } });
    await cancelBulk(ours, { bulkId });
    expect(await run(bulkId)).toMatchObject({ state: "cancelled", counts: { cancelled: 2 } });
    expect((await rowsAtRest(bulkId)).every((row) => row.sealed === null)).toBe(true);
    await expect(resumeBulk(ours, { bulkId })).rejects.toThrow(ConflictError);
  });

  it("refuses a row that meets a fault of ours, and goes on with the others", async () => {
    const crowd = await listCrowd(2);
    const bulkId = await start([...crowd.map((one, at) => rowOf(at + 1, byNumber(one))), rowOf(3)]);
    await superuser`update bulk_rows set sealed = overlay(sealed placing '\\x00' from 30)
      where bulk_id = ${bulkId} and row_number = 1`;
    expect(await run(bulkId)).toMatchObject({ state: "finished", counts: { made: 2, refused: 1 } });
    const { items } = await listBulkRows(ours, { bulkId, state: "refused" });
    expect(items).toMatchObject([
      { rowNumber: 1, reason: expect.stringContaining("wrong on our side") },
    ]);
    expect((await rowsAtRest(bulkId)).every((row) => row.sealed === null)).toBe(true);
  });

  it("leaves nobody sealed in a cancelled file: not what was in flight, nor what a dead run had", async () => {
    const crowd = await listCrowd(3);
    const bulkId = await start(crowd.map((one, at) => rowOf(at + 1, byNumber(one))));
    await superuser`update bulk_rows set state = 'working' where bulk_id = ${bulkId} and row_number < 3`;
    await cancelBulk(ours, { bulkId });
    // The first comes back to wait, as after Hero's "slow down"; the second's run has died.
    await settleRow(ours, { bulkId, rowNumber: 1 }, { state: "waiting" });
    expect((await listBulksToTend()).map((bulk) => bulk.bulkId)).toContain(bulkId);
    expect(await runBulk(ours, bulkId, signal)).toBe(false);
    expect(await getBulk(ours, { bulkId })).toMatchObject({
      state: "cancelled",
      counts: { cancelled: 3, working: 0, waiting: 0 },
    });
    expect((await rowsAtRest(bulkId)).every((row) => row.sealed === null)).toBe(true);
  });

  it("is gone on with when it was resumed while a run still had it", async () => {
    const bulkId = await start([rowOf(1), rowOf(2)]);
    await superuser`update bulks set runner_until = now() + interval '1 minute' where id = ${bulkId}`;
    expect(await runBulk(ours, bulkId, signal)).toBe(false);
    await superuser`update bulks set runner_until = null where id = ${bulkId}`;
    const stopped = new AbortController();
    stopped.abort();
    // A run that ends with rows left says so: somebody has to go on.
    expect(await runBulk(ours, bulkId, stopped.signal)).toBe(true);
    expect(await run(bulkId)).toMatchObject({ state: "finished", counts: { made: 2 } });
  });

  it("takes no more rows than were announced, and keeps the file's own numbers", async () => {
    const { id: bulkId } = await createBulk(ours, {
      operationId: randomUUID(),
      name: "Two of many",
      kind: "booking",
      rowCount: 2,
      columns: {},
    });
    await addBulkRows(ours, { bulkId, rows: [rowOf(7), rowOf(31)] });
    await expect(addBulkRows(ours, { bulkId, rows: [rowOf(32)] })).rejects.toThrow(
      InvalidInputError,
    );
    const { items } = await listBulkRows(ours, { bulkId });
    expect(items.map(({ rowNumber }) => rowNumber)).toEqual([7, 31]);
  });

  it("is started once and only whole", async () => {
    const bulk = await createBulk(ours, {
      operationId: randomUUID(),
      name: "Half",
      kind: "booking",
      rowCount: 2,
      columns: {},
    });
    await addBulkRows(ours, { bulkId: bulk.id, rows: [rowOf(1)] });
    await addBulkRows(ours, { bulkId: bulk.id, rows: [rowOf(1, { reference: "changed" })] });
    await expect(startBulk(ours, { bulkId: bulk.id })).rejects.toThrow("Only 1 of 2 rows");
    await addBulkRows(ours, { bulkId: bulk.id, rows: [rowOf(2)] });
    await startBulk(ours, { bulkId: bulk.id, confirmedRecipients: 2 });
    await expect(addBulkRows(ours, { bulkId: bulk.id, rows: [rowOf(2)] })).rejects.toThrow(
      ConflictError,
    );
    const { items } = await listBulkRows(ours, { bulkId: bulk.id });
    expect(items.map(({ reference }) => reference)).toEqual(["ref-1", "ref-2"]);
  });

  it("asks for the number of recipients to be typed when slots are fewer", async () => {
    // Nobody works on a Sunday.
    const today = ukDateOf(new Date());
    const sunday = addDays(today, 7 - new Date(`${today}T12:00:00Z`).getUTCDay());
    const rows = Array.from({ length: 40 }, (_, at) =>
      rowOf(at + 1, { slotsFrom: sunday, slotsTo: sunday }),
    );
    const { id } = await fill(rows);
    const check = await checkBulk(ours, { bulkId: id });
    expect(check.recipients).toBe(40);
    expect(check.choices).toHaveLength(1);
    expect(check.isShort).toBe(true);
    await expect(startBulk(ours, { bulkId: id })).rejects.toThrow(InvalidInputError);
    await expect(startBulk(ours, { bulkId: id, confirmedRecipients: 39 })).rejects.toThrow(
      "Type 40",
    );
    expect((await getBulk(ours, { bulkId: id })).state).toBe("uploading");
    await startBulk(ours, { bulkId: id, confirmedRecipients: 40 });
    await cancelBulk(ours, { bulkId: id });
  });

  it("c1: is not found by another tenant, and takes no practice of one", async () => {
    const { id } = await fill([rowOf(1)]);
    for (const act of [
      getBulk,
      startBulk,
      pauseBulk,
      resumeBulk,
      cancelBulk,
      checkBulk,
      openBulkResult,
    ]) {
      await expect(act(theirs, { bulkId: id })).rejects.toThrow(NotFoundError);
    }
    await expect(addBulkRows(theirs, { bulkId: id, rows: [rowOf(2)] })).rejects.toThrow(
      NotFoundError,
    );
    await expect(fill([rowOf(1, { practiceId: theirPracticeId })])).rejects.toThrow(NotFoundError);
    await expect(fill([rowOf(1)], viewer)).rejects.toThrow(ForbiddenError);
    expect(await runBulk(theirs, id, signal)).toBe(false);
    expect((await getBulk(ours, { bulkId: id })).counts.waiting).toBe(1);
  });

  it("c28 c30: gives a result without identities, inert in a spreadsheet, until its time is over", async () => {
    const [crowd] = await listCrowd(1);
    if (!crowd) throw new Error("The sandbox has no crowd.");
    const bulkId = await start([
      rowOf(1, { reference: "=1+1", ...byNumber(crowd) }),
      rowOf(2, { reference: "+447700900123" }),
    ]);
    await run(bulkId);
    const text = await readResult(bulkId);
    expect(text).not.toContain(crowd.nhsNumber);
    expect(text).not.toContain(crowd.dateOfBirth);
    expect(text).toContain(`"'=1+1"`);
    expect(text).toContain(`"'+447700900123"`);
    expect(text.trim().split("\r\n")).toHaveLength(3);

    await superuser`update bulks set rows_until = now() - interval '1 second' where id = ${bulkId}`;
    await clearBulk(ours, bulkId);
    expect(await rowsAtRest(bulkId)).toEqual([]);
    expect(await getBulk(ours, { bulkId })).toMatchObject({ rowsUntil: null, counts: { made: 2 } });
  });
});
