import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { enqueue } from "@/server/queue/enqueue";
import { checkHealth } from "@/server/services/health";
import { getPractice } from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { getSandboxPractice, injectFault, listHeroCalls } from "../support/hero";
import { listEmails, getEmailToken } from "../support/mail";
import { createTenant } from "../support/tenants";

const superuser = connectAsSuperuser();
const pollOptions = { timeout: 15_000, interval: 100 };

let worker: ChildProcess;
const output: string[] = [];
let ctx: TenantContext;
let practiceId: string;
let apiKey: string;

beforeAll(async () => {
  const ready = Promise.withResolvers<void>();
  const onLine = (line: string) => {
    output.push(line);
    if (line === '{"ready":true}') ready.resolve();
  };
  worker = spawn(process.execPath, ["--import", "tsx", "scripts/worker.ts"], {
    env: { ...process.env, LOG_LEVEL: "info" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    if (stream) createInterface({ input: stream }).on("line", onLine);
  }
  const tenant = await createTenant();
  const practice = await getSandboxPractice("30298", "b");
  ({ apiKey } = practice);
  practiceId = (await tenant.connect(practice)).id;
  ctx = await tenant.asOwner();
  worker.once("exit", () => ready.reject(new Error(`The worker ended: ${output.join(" ")}`)));
  await ready.promise;
});

afterAll(() => {
  worker.kill("SIGKILL");
});

const probeJob = () => ({ tenantId: ctx.tenantId, environment: ctx.environment, practiceId });
const latestJob = async (name: string) =>
  (
    await superuser`select state::text, output from pgboss.job where name = ${name}
     order by created_on desc limit 1`
  )[0];

describe("the worker", () => {
  it("the worker reports that it is alive, so health is good", async () => {
    const [row] = await superuser`
      select id, extract(epoch from now() - seen_at) as seconds from workers`;
    expect(Number(row?.seconds)).toBeLessThan(30);
    expect(await checkHealth()).toEqual({ status: "ok" });
    const before = await superuser`select seen_at from workers`;
    await expect
      .poll(() => superuser`select seen_at from workers`, pollOptions)
      .not.toEqual(before);
    expect(await superuser`select id from workers`).toEqual([{ id: row?.id }]);
  });

  it("the worker sends the email of a job, and logs no address", async () => {
    const email = `job-${randomBytes(6).toString("hex")}@example.com`;
    await db.shared.insert(users).values({ id: uuidv7(), email, name: "N" });
    await enqueue("account-mail", { email, purpose: "verify_email" });
    await expect.poll(() => listEmails(email), pollOptions).toHaveLength(1);
    const token = getEmailToken((await listEmails(email))[0]);
    await expect
      .poll(() => latestJob("account-mail"), pollOptions)
      .toMatchObject({ state: "completed" });
    const log = output.join("\n");
    expect(log).toContain('"job done"');
    for (const secret of [email, token, email.split("@")[0] ?? ""]) {
      expect(log).not.toContain(secret);
    }
  });

  it("the worker probes a practice and stores Hero's response", async () => {
    await superuser`update practices set name = 'Old name' where id = ${practiceId}`;
    await enqueue("test-practice", probeJob());
    await expect
      .poll(async () => (await getPractice(ctx, { practiceId })).name, pollOptions)
      .toBe("Harbour Road Clinic");
  });

  it("c35: a failed job keeps only the name of its error, and is retried later", async () => {
    const [storedJob] = await superuser`
      select sealed_key from credentials where tenant_id = ${ctx.tenantId}`;
    await superuser`update credentials set sealed_key = 'spoilt' where tenant_id = ${ctx.tenantId}`;
    await enqueue("test-practice", probeJob(), { dedupeKey: randomUUID() });
    await expect
      .poll(() => latestJob("test-practice"), pollOptions)
      .toMatchObject({ state: "retry" });
    const job = await latestJob("test-practice");
    expect(job?.output).toMatchObject({ message: "SecretBoxError" });
    expect(output.filter((line) => line.includes("job failed")).join("\n")).toContain(
      '"errorName":"SecretBoxError"',
    );
    await superuser`update credentials set sealed_key = ${storedJob?.sealed_key ?? null}
      where tenant_id = ${ctx.tenantId}`;
    await superuser`delete from pgboss.job where state = 'retry'`;
    expect(worker.exitCode).toBeNull();
  });

  it("the worker finishes its current job when stopped, then exits", async () => {
    await superuser`update practices set name = 'Old name' where id = ${practiceId}`;
    const before = (await listHeroCalls(apiKey, "getPracticeGroupById")).length;
    await injectFault({ operation: "getPracticeGroupById", key: apiKey, delayMs: 1200 });
    await enqueue("test-practice", probeJob());
    await expect
      .poll(async () => (await listHeroCalls(apiKey, "getPracticeGroupById")).length, pollOptions)
      .toBe(before + 1);
    const exited = once(worker, "exit");
    worker.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    expect((await getPractice(ctx, { practiceId })).name).toBe("Harbour Road Clinic");
    expect(await latestJob("test-practice")).toMatchObject({ state: "completed" });
    expect(await superuser`select id from workers`).toEqual([]);
    expect(await checkHealth()).toEqual({ status: "failing", failing: "worker" });
  });

  it("c9: the worker has logged no secret", () => {
    const log = output.join("\n");
    expect(log).not.toContain(apiKey);
    expect(log).not.toMatch(/x-api-key|token=|@example\.com/);
    for (const line of output) expect(() => JSON.parse(line), line).not.toThrow();
  });
});
