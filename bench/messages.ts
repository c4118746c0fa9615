import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import postgres from "postgres";
import { Agent, request } from "undici";
import { z } from "zod";
import { startProgram } from "../scripts/processes";
import { createTenant, startBenchEnvironment } from "./harness";

/**
 * How evenly a batch is sent at the rate of its key: 2,000 messages at 20 a second, as the worker's loop sends them to
 * the sandbox, beside a bare loop that makes the same two calls for each at the same rate. Prints how long each took
 * and the CPU time for each message.
 *
 * Method: the recipients are checked first. The key's rate is two calls for each message. Time is measured at the
 * sandbox, from the call that sends message 60 to the one that sends message 2,060, so after the burst that the
 * limiter allows. Nothing may be sent twice, and nothing else be called meanwhile.
 *
 * Run `npm run bench:messages`. It takes four minutes; `BENCH_MESSAGES=100` is quicker.
 */

const messageCount = Number(process.env.BENCH_MESSAGES ?? 2_000);
const messagesPerSecond = 20;
/** A patient is read again before each message. */
const callsPerMessage = 2;
const warmUp = 3 * messagesPerSecond;
const maxDeviation = 0.01;
const text = "Dear {{first_name}}, please ring us to book your flu vaccination.";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const print = (line: string) => process.stdout.write(`${line}\n`);

const practiceList = z.array(
  z.object({
    practiceGroupId: z.string(),
    keys: z.array(z.object({ partner: z.string(), key: z.string() })),
  }),
);
const createdCase = z.object({
  patients: z.array(z.object({ patientId: z.string(), firstName: z.string() })),
});
const callList = z.array(
  z.object({ operation: z.string(), status: z.number().nullable(), receivedAt: z.string() }),
);

const environment = await startBenchEnvironment({ hasPortal: false });
const sandbox = startProgram({
  name: "sandbox",
  args: ["--import", "tsx", "sandbox/main.ts"],
  env: { ...process.env, SANDBOX_PORT: "0", SANDBOX_SMTP_PORT: "0", SANDBOX_PUBLIC_URL: "" },
  logFile: join(environment.folder, "logs/sandbox.log"),
  isLogForwarded: false,
  isRestarted: false,
  onGiveUp: (lines) => process.stderr.write(`${lines.join("\n")}\n`),
});

type Patient = { patientId: string; firstName: string };

/** New patients of the practice, who all have a mobile number. */
async function createPatients(sandboxUrl: string, practiceGroupId: string): Promise<Patient[]> {
  const create = async () => {
    const reply = await fetch(`${sandboxUrl}/_sandbox/patient-cases`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ practiceGroupId, name: "found" }),
    });
    return createdCase.parse(await reply.json()).patients;
  };
  const patients: Patient[] = [];
  while (patients.length < warmUp + messageCount)
    patients.push(...(await Promise.all(Array.from({ length: 16 }, create))).flat());
  return patients.slice(0, warmUp + messageCount);
}

/** The calls that the sandbox received with a key, oldest first. */
async function listCalls(sandboxUrl: string, apiKey: string) {
  const keyHash = createHash("sha256").update(apiKey).digest("hex");
  const reply = await fetch(`${sandboxUrl}/_sandbox/requests?keyHash=${keyHash}`);
  return callList.parse(await reply.json());
}

/** @param skipped how many messages were sent before the time that is measured */
function measure(calls: z.infer<typeof callList>, skipped: number) {
  const sent = calls.filter(({ operation }) => operation === "sendMessage");
  const failed = sent.find(({ status }) => status === null || status >= 300);
  if (failed) throw new Error(`A message was not sent: ${failed.status}.`);
  if (sent.length !== skipped + messageCount)
    throw new Error(`${sent.length} messages were sent, and not ${skipped + messageCount}.`);
  const timeOf = (index: number) => Date.parse(sent[index]?.receivedAt ?? "");
  const [from, to] = [timeOf(skipped - 1), timeOf(sent.length - 1)];
  const others = calls.filter(
    ({ operation, receivedAt }) =>
      Date.parse(receivedAt) > from &&
      Date.parse(receivedAt) < to &&
      operation !== "sendMessage" &&
      operation !== "getPatientById",
  );
  return { seconds: (to - from) / 1000, count: sent.length, otherCalls: others.length };
}

function printResult(
  name: string,
  { seconds, count, otherCalls }: ReturnType<typeof measure>,
  cpu: NodeJS.CpuUsage,
): void {
  const aim = messageCount / messagesPerSecond;
  const cpuMs = (cpu.user + cpu.system) / 1000 / count;
  print(
    `${name}: ${messageCount} messages in ${seconds.toFixed(2)} s, ${(seconds / aim).toFixed(4)} of ${aim} s; ${cpuMs.toFixed(1)} ms of CPU for each; ${otherCalls} other calls`,
  );
}

try {
  const sandboxUrl = String((await sandbox.ready).url);
  const { slug, token } = await createTenant(0);
  const { db } = await import("../db/client");
  const { messages } = await import("../db/schema/messages");
  const { inScope } = await import("../db/scope");
  const { and, count, eq, isNotNull } = await import("drizzle-orm");
  const { env } = await import("../server/env");
  const { runMessageLoop } = await import("../server/jobs/message-loop");
  const { createMessageBatchInput } = await import("../server/schemas/message-batches");
  const { addMessageRecipients } = await import(
    "../server/services/message-batches/add-recipients"
  );
  const { checkNextRecipients } = await import("../server/services/message-batches/check");
  const { createMessageBatch } = await import("../server/services/message-batches/create");
  const { lockBatch } = await import("../server/services/message-batches/load");
  const { getMessageBatch } = await import("../server/services/message-batches/read");
  const { checkMessageBatch } = await import("../server/services/message-batches/request-check");
  const { startBatch } = await import("../server/services/message-batches/start");
  const { getMessageSettings, saveMessageSettings } = await import(
    "../server/services/messages/settings"
  );
  const { connectPractice } = await import("../server/services/practices/connect");
  const { actorId } = await import("../server/tenancy/context");
  const { createJobContext } = await import("../server/tenancy/job");
  const { resolveTenantContext } = await import("../server/tenancy/session");
  const { tenant } = await resolveTenantContext(
    token,
    { tenant: slug, environment: "sandbox" },
    "bench",
  );

  // The tenant was created with the harness's Hero; messages go to the sandbox.
  Object.assign(env(), { HERO_SANDBOX_URL: sandboxUrl });
  const [practice] = practiceList.parse(
    await (await fetch(`${sandboxUrl}/_sandbox/practices`)).json(),
  );
  const partnerKey = practice?.keys.find(({ partner }) => partner === "a")?.key;
  if (!practice || !partnerKey) throw new Error("The sandbox lacks a practice with a key.");
  const { practiceGroupId } = practice;
  const apiKey = `${partnerKey}.${randomUUID()}`;
  const { id: practiceId } = await connectPractice(tenant, { apiKey, practiceGroupId });
  await saveMessageSettings(tenant, {
    ...(await getMessageSettings(tenant)),
    // No quiet hours, so that it can be measured at any time of the day.
    quietFrom: "00:00",
    quietTo: "00:00",
    firstSlice: 0,
  });

  const patients = await createPatients(sandboxUrl, practiceGroupId);
  const batch = await createMessageBatch(
    tenant,
    createMessageBatchInput.parse({
      operationId: randomUUID(),
      name: "Bench",
      practiceId,
      channel: "sms",
      text,
      rowCount: patients.length,
    }),
  );
  const rows = patients.map(({ patientId }, index) => ({ rowNumber: index + 2, patientId }));
  for (let offset = 0; offset < rows.length; offset += 1_000) {
    await addMessageRecipients(tenant, {
      batchId: batch.id,
      rows: rows.slice(offset, offset + 1_000),
    });
  }
  await checkMessageBatch(tenant, { batchId: batch.id });
  const job = createJobContext({ tenantId: tenant.tenantId, environment: "sandbox" }, randomUUID());
  while ((await checkNextRecipients(job, practiceId)) === "checked") {
    // The next ones.
  }
  const { counts } = await getMessageBatch(tenant, { batchId: batch.id });
  if (counts.included !== patients.length)
    throw new Error(`${counts.included} of ${patients.length} recipients are included.`);
  await environment.analyze();

  Object.assign(env(), {
    HERO_RATE_PER_SECOND: messagesPerSecond * callsPerMessage,
    HERO_CONCURRENCY: 4,
  });
  const superuser = postgres(environment.superuserUrl, { max: 1 });
  await superuser`delete from hero_limits`;
  await superuser.end();
  const now = new Date();
  await db.tenant(tenant, async (tx) =>
    startBatch(tx, tenant, await lockBatch(tx, tenant, batch.id), {
      sendAt: now,
      author: actorId(tenant),
      now,
    }),
  );
  const countSent = async () => {
    const [row] = await db.tenant(tenant, (tx) =>
      tx
        .select({ sent: count() })
        .from(messages)
        .where(
          and(
            inScope(messages, tenant),
            eq(messages.batchId, batch.id),
            isNotNull(messages.heroMessageId),
          ),
        ),
    );
    return row?.sent ?? 0;
  };
  const abortController = new AbortController();
  let cpu = process.cpuUsage();
  const loop = runMessageLoop(abortController.signal);
  for (let sent = 0; sent < patients.length; sent = await countSent()) {
    await sleep(1_000);
    const { state, pauseReason } = await getMessageBatch(tenant, { batchId: batch.id });
    if (state === "paused") throw new Error(`The batch was paused: ${pauseReason}`);
  }
  cpu = process.cpuUsage(cpu);
  abortController.abort();
  await loop;
  const portal = measure(await listCalls(sandboxUrl, apiKey), warmUp);
  printResult("portal", portal, cpu);
  await db.close();

  const bareKey = `${partnerKey}.${randomUUID()}`;
  const agent = new Agent({ connections: 4, keepAliveTimeout: 60_000 });
  const call = async (path: string, body?: object) => {
    const reply = await request(`${sandboxUrl}${path}`, {
      dispatcher: agent,
      method: body ? "POST" : "GET",
      headers: {
        "x-api-key": bareKey,
        "x-practice-group-id": practiceGroupId,
        "content-type": "application/json",
      },
      body: body ? JSON.stringify(body) : null,
    });
    if (reply.statusCode >= 300) throw new Error(`${path} returned ${reply.statusCode}.`);
    await reply.body.text();
  };
  const startedAt = performance.now();
  cpu = process.cpuUsage();
  const sending: Promise<void>[] = [];
  for (const [index, { patientId, firstName }] of patients.slice(0, messageCount + 1).entries()) {
    const dueAt = startedAt + (index * 1_000) / messagesPerSecond;
    await sleep(Math.max(0, dueAt - performance.now()));
    sending.push(
      call(`/v1/patients/${patientId}`).then(() =>
        call("/v1/messages/send", {
          patient_id: patientId,
          message_type: "sms",
          message_string: text.replace("{{first_name}}", firstName),
        }),
      ),
    );
  }
  await Promise.all(sending);
  cpu = process.cpuUsage(cpu);
  await agent.close();
  const bare = measure(await listCalls(sandboxUrl, bareKey), 1);
  printResult("bare", bare, cpu);
  print(
    `ratio ${(portal.seconds / bare.seconds).toFixed(4)} (aim ${1 - maxDeviation} to ${1 + maxDeviation})`,
  );
} finally {
  await sandbox.stop();
  await environment.stop();
}
process.exit(0);
