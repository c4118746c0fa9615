import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { NotFoundError } from "@/server/errors";
import { getEvent, listEvents, listSendings } from "@/server/services/events/read";
import { recordEvent } from "@/server/services/events/record";
import { db } from "@/db/client";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { getSandboxPractice } from "../support/hero";
import { createTenantPair } from "../support/tenants";

const superuser = connectAsSuperuser();

let ctx: TenantContext;
let otherCtx: TenantContext;
let practiceId: string;

beforeAll(async () => {
  const { first, second } = await createTenantPair();
  const practice = await getSandboxPractice("30298", "a");
  practiceId = (await first.connect(practice)).id;
  ctx = await first.asOwner();
  otherCtx = await second.asOwner();
});

/** Records an event and returns its ID. */
async function record(
  type: "link.created" | "link.expired",
  which: TenantContext,
  practice: string = practiceId,
) {
  const linkId = randomUUID();
  await db.tenant(which, (tx) =>
    recordEvent(tx, which, {
      type,
      key: linkId,
      subjectId: linkId,
      data: { practiceId: practice, linkId, kind: "form", reference: "letters-7" },
    }),
  );
  const [row] = await superuser<{ id: string }[]>`
    select id from events where tenant_id = ${which.tenantId} and subject_id = ${linkId}`;
  return { id: row?.id ?? "", linkId };
}

/** A destination, and what was sent to it of an event: each a status, or a code where there was none. */
async function insertSending(
  which: TenantContext,
  eventId: string,
  state: "waiting" | "delivered",
  attempts: readonly (number | string)[],
) {
  const destinationId = randomUUID();
  const scope = { tenant_id: which.tenantId, environment: which.environment };
  await superuser`insert into destinations ${superuser({
    ...scope,
    id: destinationId,
    name: "Practice system",
    url: "https://hooks.example.com/hero",
    created_by: randomUUID(),
  })}`;
  await superuser`insert into event_sendings ${superuser({
    ...scope,
    destination_id: destinationId,
    event_id: eventId,
    state,
    attempts: attempts.length,
    next_attempt_at: new Date("2026-12-17T12:00:00Z"),
  })}`;
  for (const [index, result] of attempts.entries()) {
    await superuser`insert into event_sending_attempts ${superuser({
      ...scope,
      id: randomUUID(),
      destination_id: destinationId,
      event_id: eventId,
      attempted_at: new Date(Date.UTC(2026, 11, 17, 9, index)),
      status: typeof result === "number" ? result : null,
      error_code: typeof result === "string" ? result : null,
      duration_ms: 5,
    })}`;
  }
  return destinationId;
}

describe("the events of an environment", () => {
  it("events are listed newest first, page by page, by type and practice", async () => {
    const ids = [
      await record("link.created", ctx),
      await record("link.expired", ctx),
      await record("link.created", ctx),
    ].map(({ id }) => id);
    const first = await listEvents(ctx, { practiceId, limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    expect(first.items[0]).toMatchObject({
      type: "link.created",
      practice: { id: practiceId, name: expect.any(String) },
      reference: "letters-7",
    });
    const second = await listEvents(ctx, { cursor: first.nextCursor ?? "", limit: 2 });
    expect(second.items.map(({ id }) => id)).toContain(ids[0]);
    const expired = await listEvents(ctx, { type: "link.expired" });
    expect(expired.items.map(({ id }) => id)).toEqual([ids[1]]);
    expect(await listEvents(ctx, { practiceId: randomUUID() })).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  it("an event shows its data and its last attempt at each destination", async () => {
    const { id, linkId } = await record("link.created", ctx);
    const destinationId = await insertSending(ctx, id, "waiting", [500, "timed_out"]);
    expect(await getEvent(ctx, { eventId: id })).toMatchObject({
      subjectId: linkId,
      data: { practiceId, linkId, kind: "form", reference: "letters-7" },
      sendings: [
        {
          destination: { id: destinationId, name: "Practice system", isDeleted: false },
          state: "waiting",
          attempts: 2,
          lastAttempt: {
            attemptedAt: "2026-12-17T09:01:00.000Z",
            status: null,
            errorCode: "timed_out",
          },
          nextAttemptAt: "2026-12-17T12:00:00.000Z",
        },
      ],
    });
  });

  it("a destination's sendings are listed newest first, and a delivered one has no next attempt", async () => {
    const { id } = await record("link.created", ctx);
    const destinationId = await insertSending(ctx, id, "delivered", [204]);
    const page = await listSendings(ctx, { destinationId });
    expect(page).toEqual({
      items: [
        {
          event: { id, type: "link.created", occurredAt: expect.any(String) },
          state: "delivered",
          attempts: 1,
          lastAttempt: { attemptedAt: "2026-12-17T09:00:00.000Z", status: 204, errorCode: null },
          nextAttemptAt: null,
        },
      ],
      nextCursor: null,
    });
    expect((await listSendings(ctx, { destinationId, cursor: id })).items).toEqual([]);
  });

  it("c1: events and sendings of another tenant or environment are not found", async () => {
    const { id } = await record("link.created", ctx);
    const destinationId = await insertSending(ctx, id, "waiting", [500]);
    const staging = { ...ctx, environment: "staging" } as TenantContext;
    for (const other of [otherCtx, staging]) {
      await expect(getEvent(other, { eventId: id })).rejects.toThrow(NotFoundError);
      await expect(listSendings(other, { destinationId })).rejects.toThrow(NotFoundError);
      expect(JSON.stringify(await listEvents(other, {}))).not.toContain(id);
    }
  });
});
