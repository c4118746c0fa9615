import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, expect, it } from "vitest";
import { getMessageBatch } from "@/server/services/message-batches/read";
import { checkMessageBatch } from "@/server/services/message-batches/request-check";
import type { Checks } from "../support/check-recipients";
import { injectFault, listHeroCalls } from "../support/hero";
import { createTenant } from "../support/tenants";
import {
  createBatch,
  createRecipient,
  listStored,
  completeChecks,
} from "../services/message-batches/support";
import { connectForMessages, superuser } from "../services/messages/support";

const recipientCount = 10;
/** The process is killed when the sandbox has received one more call of each, in this order. */
const killedAt = ["registerPatientPds", "getPatientById"];

let child: ReturnType<typeof spawn> | undefined;
afterAll(() => child?.kill("SIGKILL"));

function startWorker(checks: Checks) {
  child = spawn(
    process.execPath,
    ["--conditions=react-server", "--import", "tsx", "tests/support/check-recipients.ts"],
    {
      env: { ...process.env, CHECKS: JSON.stringify(checks) },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  return { exited: once(child, "exit") };
}

it("a worker killed during the check leaves its recipients to the next one, and nobody is included twice", {
  timeout: 180_000,
}, async () => {
  const practiceGroupId = "30182";
  const practice = await connectForMessages(await createTenant(), practiceGroupId);
  const { ctx, practiceId, apiKey } = practice;
  const recipients = await Promise.all(
    Array.from({ length: recipientCount - 1 }, () => createRecipient(practiceGroupId)),
  );
  const rows = recipients.map(({ row }) => row);
  // The last row is the first patient again.
  const batch = await createBatch(practice, [...rows, { patientId: recipients[0]?.patientId }]);
  await checkMessageBatch(ctx, { batchId: batch.id });
  const countCalls = async (operation: string) => (await listHeroCalls(apiKey, operation)).length;

  for (const operation of killedAt) {
    const before = await countCalls(operation);
    await injectFault({ operation, key: apiKey, afterWork: true, hang: true });
    const { exited } = startWorker({ ctx, practiceId });
    await expect
      .poll(() => countCalls(operation), { timeout: 60_000, interval: 5 })
      .toBeGreaterThan(before);
    child?.kill("SIGKILL");
    await exited;
    await superuser`update message_recipients set leased_until = null
      where batch_id = ${batch.id} and state = 'waiting'`;
  }

  await completeChecks(practice);
  const { state, counts } = await getMessageBatch(ctx, { batchId: batch.id });
  expect(state).toBe("ready");
  expect(counts).toMatchObject({
    total: recipientCount,
    included: recipientCount - 1,
    excluded: 1,
    notChecked: 0,
  });
  const stored = await listStored(batch.id);
  expect(stored.at(-1)).toMatchObject({ reason_code: "same_patient" });
  expect(new Set(stored.map(({ patient_id }) => patient_id)).size).toBe(recipientCount - 1);
});
