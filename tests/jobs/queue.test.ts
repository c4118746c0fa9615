import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { db } from "@/db/client";
import { enqueue } from "@/server/queue/enqueue";
import { handlers } from "@/server/jobs/handlers";
import { queueNames, queues } from "@/server/queue/queues";
import { disconnectPractice } from "@/server/services/practices/change";
import { connectAsApp, connectAsSuperuser } from "../setup/database";
import { getSandboxPractice, listHeroCalls } from "../support/hero";
import { listJobs } from "../support/mail";
import { createTenant, type TestTenant } from "../support/tenants";

const superuser = connectAsSuperuser();
const app = connectAsApp();

beforeEach(async () => {
  await superuser`delete from pgboss.job`;
});

const createEmailJob = () => ({
  email: `${randomUUID()}@example.com`,
  purpose: "sign_up" as const,
});

const { signal } = new AbortController();

describe("a job enqueued in a transaction", () => {
  it("a job becomes visible when its transaction commits, and not before", async () => {
    const job = createEmailJob();
    await db.shared.transaction(async (tx) => {
      await enqueue("account-mail", job, { within: tx });
      expect(await listJobs("account-mail")).toEqual([]);
    });
    expect((await listJobs("account-mail")).map(({ data }) => data)).toEqual([job]);
  });

  it("a job disappears when its transaction is rolled back", async () => {
    const transaction = db.shared.transaction(async (tx) => {
      await enqueue("account-mail", createEmailJob(), { within: tx });
      throw new Error("given up");
    });
    await expect(transaction).rejects.toThrow("given up");
    expect(await listJobs("account-mail")).toEqual([]);
    expect(await superuser`select 1 from pgboss.job`).toHaveLength(0);
  });

  it("a job is rolled back with its savepoint", async () => {
    const committedJob = createEmailJob();
    await db.shared.transaction(async (tx) => {
      await enqueue("account-mail", committedJob, { within: tx });
      await tx
        .transaction(async (inner) => {
          await enqueue("account-mail", createEmailJob(), { within: inner });
          throw new Error("inside");
        })
        .catch(() => undefined);
    });
    expect((await listJobs("account-mail")).map(({ data }) => data)).toEqual([committedJob]);
  });

  it("a job can be enqueued in a tenant's transaction", async () => {
    const ctx = await (await createTenant()).asOwner();
    const { tenantId, environment } = ctx;
    const job = { tenantId, environment, practiceId: randomUUID() };
    await db.tenant(ctx, (tx) => enqueue("key-rejected-mail", job, { within: tx }));
    expect((await listJobs("key-rejected-mail")).map(({ data }) => data)).toEqual([job]);
  });
});

describe("a job that runs once", () => {
  it("a job requested several times within a minute is queued once", async () => {
    const data = {
      tenantId: randomUUID(),
      environment: "sandbox",
      practiceId: randomUUID(),
    } as const;
    const dedupeKey = { dedupeKey: data.practiceId };
    await Promise.all([1, 2, 3].map(() => enqueue("test-practice", data, dedupeKey)));
    await enqueue("test-practice", data, dedupeKey);
    await enqueue("test-practice", { ...data, practiceId: randomUUID() }, { dedupeKey: "another" });
    expect(await listJobs("test-practice")).toHaveLength(2);
  });
});

describe("the queues", () => {
  it("every queue has the retries and time limits in the code", async () => {
    const rows = await app`
      select name, retry_limit, retry_delay, retry_backoff, expire_seconds, notify
      from pgboss.queue where name = any (${queueNames}) order by name`;
    expect(rows.map((row) => ({ ...row }))).toEqual(
      [...queueNames].sort().map((name) => ({
        name,
        retry_limit: queues[name].retryLimit,
        retry_delay: queues[name].retryDelay,
        retry_backoff: queues[name].retryBackoff,
        expire_seconds: queues[name].expireInSeconds,
        notify: queues[name].notify ?? false,
      })),
    );
  });

  it("only jobs that people wait for send a notification, which takes a global lock at commit", async () => {
    const rows = await app`select name from pgboss.queue where notify order by name`;
    expect(rows.map(({ name }) => String(name))).toEqual([
      "account-mail",
      "approval-mail",
      "bulk-upload-run",
      "key-rejected-mail",
      "look-up-limit-mail",
    ]);
  });

  it("scheduled jobs follow United Kingdom time", async () => {
    const rows = await app`select name, cron, timezone from pgboss.schedule order by name`;
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { name: "bulk-upload-sweep", cron: "* * * * *", timezone: "Europe/London" },
      { name: "check-all-webhooks", cron: "50 4 * * *", timezone: "Europe/London" },
      { name: "check-scripts", cron: "20 5 * * *", timezone: "Europe/London" },
      { name: "check-silence", cron: "25 * * * *", timezone: "Europe/London" },
      { name: "expired-links", cron: "5 * * * *", timezone: "Europe/London" },
      { name: "housekeeping", cron: "40 3 * * *", timezone: "Europe/London" },
      { name: "refresh-all-links", cron: "*/10 * * * *", timezone: "Europe/London" },
      { name: "test-all-practices", cron: "10 6 * * *", timezone: "Europe/London" },
    ]);
  });
});

describe("the daily probe", () => {
  let tenant: TestTenant;
  let apiKey: string;
  let connected: string[];

  beforeAll(async () => {
    tenant = await createTenant();
    const [firstPractice, secondPractice] = [
      await getSandboxPractice("30297", "a"),
      await getSandboxPractice("30298", "a"),
    ];
    ({ apiKey } = firstPractice);
    connected = [
      (await tenant.connect(firstPractice)).id,
      (await tenant.connect(secondPractice)).id,
    ];
  });
  afterEach(() => vi.unstubAllEnvs());

  it("the daily probe queues one job for every connected practice, and none twice", async () => {
    await handlers["test-all-practices"]({}, randomUUID(), signal);
    await handlers["test-all-practices"]({}, randomUUID(), signal);
    const jobs = await listJobs("test-practice");
    expect(jobs.map(({ data }) => data.practiceId).sort()).toEqual([...connected].sort());
    for (const { data } of jobs) {
      expect(Object.keys(data).sort()).toEqual(["environment", "practiceId", "tenantId"]);
    }
  });

  it("the daily probe skips environments that are no longer offered", async () => {
    vi.stubEnv("HERO_SANDBOX_URL", "");
    vi.resetModules();
    const freshHandlers = await import("@/server/jobs/handlers");
    await freshHandlers.handlers["test-all-practices"]({}, randomUUID(), signal);
    expect(await listJobs("test-practice")).toEqual([]);
  });

  it("a probe of a practice disconnected since then calls nothing and does not fail", async () => {
    const ctx = await tenant.asOwner();
    const { tenantId, environment } = ctx;
    const practiceId = connected[0] ?? "";
    await disconnectPractice(ctx, { practiceId });
    const calls = (await listHeroCalls(apiKey)).length;
    await handlers["test-practice"]({ tenantId, environment, practiceId }, randomUUID(), signal);
    expect((await listHeroCalls(apiKey)).length).toBe(calls);
  });

  it("c1: a probe does not use a practice under another tenant's ID", async () => {
    const secondPractice = await (await createTenant()).asOwner();
    const [practice] = await superuser`
      select id, last_checked_at from practices where id = ${connected[1] ?? ""}`;
    await handlers["test-practice"](
      { tenantId: secondPractice.tenantId, environment: "sandbox", practiceId: connected[1] ?? "" },
      randomUUID(),
      signal,
    );
    const [after] = await superuser`
      select id, last_checked_at from practices where id = ${connected[1] ?? ""}`;
    expect(after).toEqual(practice);
  });
});
