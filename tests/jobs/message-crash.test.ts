import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, expect, it } from "vitest";
import { resolveLostMessages } from "@/server/services/messages/read-back";
import { getOverview } from "@/server/services/results/overview";
import { injectFault, listHeroCalls } from "../support/hero";
import type { Releases } from "../support/release-messages";
import { createTenant } from "../support/tenants";
import {
  connectForMessages,
  createPatient,
  jobContext,
  listReceived,
  releaseAll,
  request,
  superuser,
} from "../services/messages/support";

const messageCount = 12;
/** The process is killed when the sandbox has received one more call of each, in this order. */
const killedAt = ["sendMessage", "getPatientById", "sendMessage", "sendMessage"];

let child: ReturnType<typeof spawn> | undefined;
afterAll(() => child?.kill("SIGKILL"));

const practiceGroupId = "30183";

async function startWorker(releases: Releases) {
  child = spawn(
    process.execPath,
    ["--conditions=react-server", "--import", "tsx", "tests/support/release-messages.ts"],
    {
      env: { ...process.env, RELEASES: JSON.stringify(releases) },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  return { exited: once(child, "exit") };
}

it("a worker killed at each step sends nothing twice, and every message is accounted for", {
  timeout: 300_000,
}, async () => {
  const practice = await connectForMessages(await createTenant(), practiceGroupId);
  const { ctx, practiceId, apiKey } = practice;
  const patientId = await createPatient(practiceGroupId);
  for (let index = 0; index < messageCount; index += 1) {
    await request(practice, patientId, { text: `Reminder ${index}.` });
  }
  await superuser`update messages set send_at = now() where practice_id = ${practiceId}`;
  const countCalls = async (operation: string) => (await listHeroCalls(apiKey, operation)).length;

  for (const operation of killedAt) {
    const before = await countCalls(operation);
    // Hero has done the work, and its reply is on the way when the process dies.
    await injectFault({ operation, key: apiKey, afterWork: true, hang: true });
    const { exited } = await startWorker({ ctx, practiceId });
    await expect
      .poll(() => countCalls(operation), { timeout: 60_000, interval: 5 })
      .toBeGreaterThan(before);
    child?.kill("SIGKILL");
    await exited;
    await superuser`update messages set leased_until = null, send_at = now()
      where practice_id = ${practiceId} and state = 'scheduled'`;
  }

  // What a dead process left behind is unknown after two minutes, and raises an alert.
  await superuser`update messages set claimed_at = claimed_at - interval '3 minutes'
    where practice_id = ${practiceId} and state = 'sending'`;
  const [claimed] = await superuser<{ count: number }[]>`
    select count(*)::int from messages where practice_id = ${practiceId} and state = 'sending'`;
  expect(claimed?.count).toBeGreaterThan(0);
  expect((await getOverview(ctx, {})).messages.unknown).toBe(claimed?.count);
  expect(await resolveLostMessages(jobContext(practice), practiceId)).toBe(claimed?.count);
  await releaseAll(practice);
  await releaseAll(practice);

  const states = await superuser<{ state: string; count: number }[]>`
    select state::text, count(*)::int from messages where practice_id = ${practiceId} group by 1`;
  const count = (state: string) => states.find((row) => row.state === state)?.count ?? 0;
  console.info(`Killed ${killedAt.length} times: ${JSON.stringify(states)}.`);
  expect(count("sent") + count("unknown")).toBe(messageCount);
  const received = (await listReceived(patientId)).map(({ text }) => text);
  expect(new Set(received).size, "messages that were sent twice").toBe(received.length);
  expect(received.length).toBeGreaterThanOrEqual(count("sent"));
  expect(await countCalls("sendMessage")).toBeLessThanOrEqual(messageCount);
});
