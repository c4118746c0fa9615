import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { db } from "@/db/client";
import { createDestination } from "@/server/services/destinations/save";
import { fanOutEvents } from "@/server/services/event-sending/fan-out";
import { listEventsByApi } from "@/server/services/events/api";
import { recordEvent } from "@/server/services/events/record";
import { connectAsSuperuser } from "../setup/database";
import { createTenantPair } from "../support/tenants";

const superuser = connectAsSuperuser();
const statement = /```sql\n([^`]*UPDATE events[^`]*)```/.exec(
  readFileSync(new URL("../../docs/runbook.md", import.meta.url), "utf8"),
)?.[1];

it("after a restore into a new cluster, the runbook's statement lets every waiting event through", async () => {
  const ctx = await (await createTenantPair()).first.asOwner();
  const record = async () => {
    const linkId = randomUUID();
    const data = { practiceId: randomUUID(), linkId, kind: "booking", reference: null } as const;
    await db.tenant(ctx, (tx) =>
      recordEvent(tx, ctx, { type: "link.opened", key: linkId, subjectId: linkId, data }),
    );
    return linkId;
  };
  const add = async () => {
    const fields = { name: "Practice system", eventTypes: [], practiceIds: [] };
    const url = "https://hooks.example.com/hero";
    return (await createDestination(ctx, { ...fields, url })).view.id;
  };
  const fanOut = (destinationId: string) => fanOutEvents(ctx, destinationId, new Date());
  const sentTo = async (destinationId: string) => {
    const rows = await superuser<{ subjectId: string }[]>`
      select e.subject_id as "subjectId" from event_sendings s join events e on e.id = s.event_id
      where s.destination_id = ${destinationId} order by e.id`;
    return rows.map(({ subjectId }) => subjectId);
  };

  const before = await record();
  const [current, behind] = [await add(), await add()];
  const considered = await record();
  await expect.poll(() => fanOut(current)).toBe(1);
  await expect.poll(() => fanOut(behind)).toBe(1);
  const waiting = await record();
  await expect.poll(() => fanOut(current)).toBe(1);
  // As restored: the numbers of another cluster, far ahead of this one's.
  await superuser`update events set xid = ((xid::text)::bigint + 1000000000)::text::xid8`;
  await superuser`update destinations
    set cursor_xid = ((cursor_xid::text)::bigint + 1000000000)::text::xid8`;
  expect((await listEventsByApi(ctx, {})).items).toEqual([]);
  expect(await fanOut(behind)).toBe(0);

  expect(statement).toBeDefined();
  await superuser.unsafe(statement ?? "");

  await expect.poll(() => fanOut(behind)).toBe(1);
  const later = await record();
  for (const id of [current, behind]) {
    await expect.poll(() => fanOut(id)).toBe(1);
    expect(await sentTo(id)).toEqual([considered, waiting, later]);
    expect(await fanOut(id)).toBe(0);
  }
  const { items } = await listEventsByApi(ctx, {});
  expect(items.map(({ data }) => data.linkId)).toEqual([before, considered, waiting, later]);
});
