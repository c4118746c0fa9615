import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { v7 as uuidv7 } from "uuid";
import { GET } from "@/app/api/v1/events/route";
import { db } from "@/db/client";
import type { ApiKeyPermission } from "@/server/schemas/api-keys";
import { eventTypeNames } from "@/server/schemas/event-catalogue";
import { listEventsByApi } from "@/server/services/events/api";
import { recordEvent } from "@/server/services/events/record";
import { runHousekeeping } from "@/server/services/housekeeping";
import type { TenantContext } from "@/server/tenancy/context";
import { createTestApiKey } from "../../support/api-v1";
import { connectAsSuperuser } from "../../setup/database";
import { createTenant, createTenantPair } from "../../support/tenants";
import { ajv, document } from "./support";

const superuser = connectAsSuperuser();
const dayMs = 24 * 60 * 60_000;

type Page = {
  items: { id: string; type: string; timestamp: string; data: Record<string, unknown> }[];
  nextCursor: string;
  hasMore: boolean;
};

let ctx: TenantContext;
let key: string;

const createKey = async (which: TenantContext, permissions: ApiKeyPermission[] = ["events.read"]) =>
  (await createTestApiKey(which, permissions)).key;

async function get(query = "", apiKey: string = key) {
  const response = await GET(
    new Request(`http://localhost:3000/api/v1/events${query}`, {
      headers: { authorization: `Bearer ${apiKey}`, "x-request-id": randomUUID() },
    }),
  );
  const json = (await response.json()) as Page & Record<string, unknown>;
  return { status: response.status, json, headers: response.headers };
}

const cursorQuery = (cursor: string, rest = "") => `?cursor=${cursor}${rest}`;

/** Records an event of the given link, and waits in its transaction until `hold` is resolved. */
const record = (
  which: TenantContext,
  linkId: string,
  {
    type = "link.created" as "link.created" | "link.expired",
    hold,
    occurredAt,
  }: {
    type?: "link.created" | "link.expired";
    hold?: Promise<void>;
    occurredAt?: Date;
  } = {},
  onRecorded: () => void = () => {},
) =>
  db.tenant(which, async (tx) => {
    await recordEvent(tx, which, {
      type,
      key: linkId,
      subjectId: linkId,
      data: { practiceId: randomUUID(), linkId, kind: "booking", reference: null },
      ...(occurredAt && { occurredAt }),
    });
    onRecorded();
    await hold;
  });

/** Reads from a cursor until nothing more is there. Other tests' open transactions can delay an event. */
async function readAll(cursor: string | undefined, count: number) {
  const items: Page["items"] = [];
  let next = cursor;
  await expect
    .poll(async () => {
      const page = await get(next ? cursorQuery(next) : "");
      items.push(...page.json.items);
      next = page.json.nextCursor;
      return items.length;
    })
    .toBe(count);
  return { items, cursor: next ?? "" };
}

const linksOf = (items: Page["items"]) => items.map(({ data }) => data.linkId);

beforeAll(async () => {
  ctx = await (await createTenant()).asOwner();
  key = await createKey(ctx);
});

describe("reading events", () => {
  it("an event whose older transaction commits late is read once, in its place", async () => {
    const start = (await get()).json.nextCursor;
    const [older, newer] = [randomUUID(), randomUUID()];
    const hold = Promise.withResolvers<void>();
    const recorded = Promise.withResolvers<void>();
    const late = record(ctx, older, { hold: hold.promise }, recorded.resolve);
    await recorded.promise;
    await record(ctx, newer);
    const meanwhile = await get(cursorQuery(start));
    expect(linksOf(meanwhile.json.items)).toEqual([]);
    hold.resolve();
    await late;
    const { items, cursor } = await readAll(meanwhile.json.nextCursor, 2);
    expect(linksOf(items)).toEqual([older, newer]);
    expect((await get(cursorQuery(cursor))).json.items).toEqual([]);
    // A reader that starts anew sees the same.
    expect(linksOf((await readAll(start, 2)).items)).toEqual([older, newer]);
  });

  it("pages follow each other, and the last one has a cursor too", async () => {
    const own = await (await createTenant()).asOwner();
    const ownKey = await createKey(own);
    const linkIds = Array.from({ length: 5 }, () => randomUUID());
    for (const linkId of linkIds) await record(own, linkId);
    await expect.poll(async () => (await get("", ownKey)).json.items.length).toBe(5);
    const seen: unknown[] = [];
    let path: string | undefined = "?limit=2";
    let last: Awaited<ReturnType<typeof get>> | undefined;
    while (path) {
      last = await get(path, ownKey);
      seen.push(...linksOf(last.json.items));
      const [, next] =
        /^<\/api\/v1\/events(\?[^>]+)>; rel="next"$/.exec(last.headers.get("link") ?? "") ?? [];
      expect(next !== undefined).toBe(last.json.hasMore);
      path = next;
    }
    expect(seen).toEqual(linkIds);
    const another = randomUUID();
    await record(own, another);
    await expect
      .poll(async () =>
        linksOf((await get(cursorQuery(last?.json.nextCursor ?? ""), ownKey)).json.items),
      )
      .toEqual([another]);
  });

  it("an event has its ID, type, time and data, as the description says", async () => {
    const start = (await get()).json.nextCursor;
    const linkId = randomUUID();
    await record(ctx, linkId, { occurredAt: new Date("2026-03-01T09:30:00Z") });
    const { items } = await readAll(start, 1);
    expect(items).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        type: "link.created",
        timestamp: "2026-03-01T09:30:00.000Z",
        data: { practiceId: expect.any(String), linkId, kind: "booking", reference: null },
      },
    ]);
    const isPage = ajv.compile({ $ref: "portal.json#/components/schemas/EventPage" });
    expect(isPage((await get(cursorQuery(start))).json)).toBe(true);
  });

  it("events are filtered by type and time, and the cursor passes the others", async () => {
    const own = await (await createTenant()).asOwner();
    const ownKey = await createKey(own);
    const [old, created, expired] = [randomUUID(), randomUUID(), randomUUID()];
    await record(own, old, { occurredAt: new Date("2026-01-01T00:00:00Z") });
    await record(own, created, { occurredAt: new Date("2026-01-02T00:00:00Z") });
    await record(own, expired, { type: "link.expired" });
    await expect.poll(async () => (await get("", ownKey)).json.items.length).toBe(3);
    const since = await get("?since=2026-01-02T00:00:00Z", ownKey);
    expect(linksOf(since.json.items)).toEqual([created, expired]);
    const typed = await get("?type=link.created", ownKey);
    expect(linksOf(typed.json.items)).toEqual([old, created]);
    expect((await get(cursorQuery(typed.json.nextCursor), ownKey)).json.items).toEqual([]);
  });

  it.each([
    "?limit=0",
    "?limit=101",
    "?limit=x",
    "?limit=1&limit=2",
    "?cursor=",
    "?cursor=x",
    `?cursor=${"A".repeat(80)}`,
    `?cursor=${"A".repeat(500)}`,
    "?cursor=%00",
    "?type=link.nothing",
    "?type=",
    "?type=link.created&type=link.booked",
    "?since=yesterday",
    "?since=2026-02-30T00:00:00Z",
    "?since=2026-01-01",
    "?since=0000-01-01T00:00:00Z",
    "?tenant=x",
  ])("the query %s is rejected", async (query) => {
    const { status, json } = await get(query);
    expect({ status, errors: json.errors }).toEqual({
      status: 400,
      errors: [{ parameter: expect.any(String), detail: expect.any(String) }],
    });
  });

  it("a cursor that was changed is rejected", async () => {
    const { nextCursor } = (await get()).json;
    const text = Buffer.from(nextCursor, "base64url").toString();
    const changed = text.replace(/^\d+\.\d+/, "1900000000000.1");
    expect((await get(cursorQuery(Buffer.from(changed).toString("base64url")))).status).toBe(400);
    expect((await get(cursorQuery(nextCursor))).status).toBe(200);
  });
});

describe("old events", () => {
  it("a cursor older than 90 days is refused as expired", async () => {
    const in90Days = (extraMs: number) => new Date(Date.now() + 90 * dayMs + extraMs);
    const { nextCursor } = await listEventsByApi(ctx, { limit: 1 });
    await expect(
      listEventsByApi(ctx, { cursor: nextCursor }, in90Days(60_000)),
    ).rejects.toMatchObject({
      code: "cursor-expired",
      message: expect.stringContaining("90 days"),
    });
    await listEventsByApi(ctx, { cursor: nextCursor }, in90Days(-dayMs));
    const { nextCursor: expired } = await listEventsByApi(
      ctx,
      {},
      new Date(Date.now() - 91 * dayMs),
    );
    const whole = await get(cursorQuery(expired));
    expect(whole).toMatchObject({
      status: 400,
      json: { title: "Cursor expired", type: expect.stringMatching(/\/problems\/cursor-expired$/) },
    });
  });

  it("a cursor in the middle of old events expires with them", async () => {
    const own = await (await createTenant()).asOwner();
    for (let index = 0; index < 2; index++) await record(own, randomUUID());
    await expect.poll(async () => (await listEventsByApi(own, {})).items.length).toBe(2);
    const late = new Date(Date.now() + 89 * dayMs);
    const middle = await listEventsByApi(own, { limit: 1 }, late);
    const later = new Date(Date.now() + 91 * dayMs);
    await expect(listEventsByApi(own, { cursor: middle.nextCursor }, later)).rejects.toMatchObject({
      code: "cursor-expired",
    });
    const end = await listEventsByApi(own, { cursor: middle.nextCursor }, late);
    await expect(listEventsByApi(own, { cursor: end.nextCursor }, later)).resolves.toMatchObject({
      items: [],
    });
  });

  it("events are deleted a day after their cursors expire, with what was sent of them", async () => {
    const own = await (await createTenant()).asOwner();
    const [kept, deleted] = [90.9, 91.1].map((days) =>
      uuidv7({ msecs: Date.now() - days * dayMs }),
    );
    const destinationId = randomUUID();
    await superuser`insert into destinations (tenant_id, environment, id, name, url, created_by)
      values (${own.tenantId}, 'sandbox', ${destinationId}, 'System', 'https://x.example', ${randomUUID()})`;
    for (const id of [kept, deleted]) {
      await superuser`insert into events (tenant_id, environment, id, type, key, subject_id, data, occurred_at)
        values (${own.tenantId}, 'sandbox', ${id ?? ""}, 'link.created', ${id ?? ""}, 'x', '{}', now())`;
      await superuser`insert into event_sendings (tenant_id, environment, destination_id, event_id, next_attempt_at)
        values (${own.tenantId}, 'sandbox', ${destinationId}, ${id ?? ""}, now())`;
      await superuser`insert into event_sending_attempts
        (tenant_id, environment, id, destination_id, event_id, attempted_at, duration_ms)
        values (${own.tenantId}, 'sandbox', ${randomUUID()}, ${destinationId}, ${id ?? ""}, now(), 1)`;
    }
    await runHousekeeping();
    for (const table of ["events", "event_sendings", "event_sending_attempts"]) {
      const column = superuser(table === "events" ? "id" : "event_id");
      const rows = await superuser`select ${column} as id from ${superuser(table)}
        where tenant_id = ${own.tenantId}`;
      expect(rows.map(({ id }) => id)).toEqual([kept]);
    }
  });
});

describe("c1, c3: events of others", () => {
  it("a key reads the events of its tenant and environment only, whatever the cursor", async () => {
    const { first, second } = await createTenantPair();
    const [a, b] = [await first.asOwner(), await second.asOwner()];
    const [ownLink, foreignLink, stagingLink] = [randomUUID(), randomUUID(), randomUUID()];
    const staging = await second.asOwner("staging");
    await record(a, foreignLink);
    await record(staging, stagingLink);
    await record(b, ownLink);
    const [keyA, keyB, keyStaging] = [
      await createKey(a),
      await createKey(b),
      await createKey(staging),
    ];
    const read = async (apiKey: string) => linksOf((await get("", apiKey)).json.items);
    await expect.poll(() => read(keyB)).toEqual([ownLink]);
    await expect.poll(() => read(keyA)).toEqual([foreignLink]);
    await expect.poll(() => read(keyStaging)).toEqual([stagingLink]);
    const unknown = await get(cursorQuery("A".repeat(80)), keyB);
    for (const foreignKey of [keyA, keyStaging]) {
      const { nextCursor } = (await get("", foreignKey)).json;
      const refused = await get(cursorQuery(nextCursor), keyB);
      expect(refused.status).toBe(400);
      expect(refused.json).toEqual(unknown.json);
    }
  });

  it("c15: a key without events.read is refused before its query is validated", async () => {
    const other = await createKey(ctx, ["links.read"]);
    const refused = await get("?limit=x", other);
    expect(refused).toMatchObject({ status: 403, json: { requiredPermission: "events.read" } });
    expect((await get("", "x")).status).toBe(401);
  });
});

describe("the description of what destinations receive", () => {
  it("each event type, and the test event, has an entry whose example is valid", () => {
    const { webhooks = {} } = document;
    expect(Object.keys(webhooks)).toEqual([...eventTypeNames, "destination.test"]);
    for (const type of Object.keys(webhooks)) {
      const path = ["webhooks", type, "post", "requestBody", "content", "application/json"]
        .map((step) => step.replaceAll("~", "~0").replaceAll("/", "~1"))
        .map(encodeURIComponent)
        .join("/");
      const validate = ajv.compile({ $ref: `portal.json#/${path}/schema` });
      const { requestBody, parameters = [] } = webhooks[type]?.post ?? {};
      const media =
        requestBody && "content" in requestBody ? requestBody.content["application/json"] : {};
      const example = media && "example" in media ? (media.example as object) : {};
      expect({ type, isValid: validate(example), errors: validate.errors }).toEqual({
        type,
        isValid: true,
        errors: null,
      });
      expect(validate({ ...example, type: "other" })).toBe(false);
      expect(parameters.map((parameter) => ("name" in parameter ? parameter.name : ""))).toEqual([
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
      ]);
    }
  });
});
