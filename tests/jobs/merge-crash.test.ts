import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { afterAll, expect, it } from "vitest";
import { getMerge } from "@/server/services/merges/read";
import { resolveMerge } from "@/server/services/merges/resolve";
import { connectAsSuperuser } from "../setup/database";
import {
  createPatientCase,
  type Fault,
  getSandboxPractice,
  injectFault,
  listHeroCalls,
} from "../support/hero";
import type { Merges } from "../support/merge-patients";
import { createTenant } from "../support/tenants";

const sql = connectAsSuperuser();
const practiceGroupId = "20533";
const mergeCount = 7;

/**
 * Where the process stands when it is killed: Hero has its nth call of an operation and has not answered.
 * The first four are of one pair, which someone requests and approves again each time.
 */
const steps: { step: string; operation: string; nth: number; fault: Partial<Fault> }[] = [
  { step: "compare", operation: "previewPatientMerge", nth: 1, fault: { delayMs: 3000 } },
  { step: "request", operation: "previewPatientMerge", nth: 2, fault: { delayMs: 3000 } },
  { step: "review", operation: "previewPatientMerge", nth: 3, fault: { delayMs: 3000 } },
  // The request is there already, and takes no preview again.
  { step: "approve", operation: "previewPatientMerge", nth: 3, fault: { delayMs: 3000 } },
  { step: "Hero merges later", operation: "mergePatient", nth: 1, fault: { delayMs: 1500 } },
  { step: "Hero never merges", operation: "mergePatient", nth: 1, fault: { hang: true } },
  {
    step: "the reply is lost",
    operation: "mergePatient",
    nth: 1,
    fault: { delayMs: 3000, afterWork: true },
  },
  // Two records are read before each of the four previews.
  { step: "read back", operation: "getPatientById", nth: 9, fault: { delayMs: 3000 } },
];

let child: ReturnType<typeof spawn> | undefined;
afterAll(() => child?.kill("SIGKILL"));

it("a process killed at each step of a merge merges nothing twice, and every merge is accounted for", {
  timeout: 300_000,
}, async () => {
  const tenant = await createTenant();
  const practice = await getSandboxPractice(practiceGroupId, "a");
  const { apiKey } = practice;
  const { id: practiceId } = await tenant.connect(practice);
  const requester = await tenant.asOwner();
  const approver = await tenant.asRole("admin");
  let requests: Merges["requests"] = [];
  for (let index = 0; index < mergeCount; index++) {
    const [patient, other] = (await createPatientCase(practiceGroupId, "mergeable")).patients;
    const [patientId, otherPatientId] = [patient?.patientId ?? "", other?.patientId ?? ""];
    requests.push({ operationId: randomUUID(), practiceId, patientId, otherPatientId });
  }
  const countCalls = async (operation: string) => (await listHeroCalls(apiKey, operation)).length;
  let exit: Promise<unknown[]> | undefined;
  const start = () => {
    const merges: Merges = { requester, approver, requests };
    child = spawn(
      process.execPath,
      ["--conditions=react-server", "--import", "tsx", "tests/support/merge-patients.ts"],
      {
        // No call gives up before the process is killed, and those of dead processes keep their slots.
        env: {
          ...process.env,
          MERGES: JSON.stringify(merges),
          HERO_CONCURRENCY: "100",
          HERO_TIMEOUT_MS: "20000",
        },
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    exit = once(child, "exit");
  };
  const kill = async () => {
    child?.kill("SIGKILL");
    expect(await exit).toEqual([null, "SIGKILL"]);
    // A merge that may have been sent is never approved again: others go on with the next pair.
    const sent = await sql<{ operation_id: string }[]>`
      select operation_id from patient_merges
      where practice_id = ${practiceId} and outcome <> 'requested'`;
    requests = requests.filter(
      ({ operationId }) => !sent.some(({ operation_id }) => operation_id === operationId),
    );
  };
  const interruptAt = async ({ operation, nth, fault }: (typeof steps)[number]) => {
    const key = { operation, key: apiKey };
    if (nth > 1) await injectFault({ ...key, times: nth - 1, delayMs: 0 });
    await injectFault({ ...key, ...fault });
    const before = await countCalls(operation);
    start();
    await expect
      .poll(() => countCalls(operation), { timeout: 60_000, interval: 5 })
      .toBeGreaterThanOrEqual(before + nth);
  };

  for (const [index, step] of steps.entries()) {
    await interruptAt(step);
    await kill();
    expect(await countCalls("mergePatient"), step.step).toBe(Math.max(0, index - 3));
  }

  // Hero has answered everything, and the result is being saved.
  const delayed = { operation: "mergePatient", nth: 1, fault: { delayMs: 1000 } };
  await interruptAt({ step: "save", ...delayed });
  await sql.begin(async (locked) => {
    await locked`select id from patient_merges where practice_id = ${practiceId} for update`;
    await expect
      .poll(
        async () => {
          const [row] = await sql<{ count: number }[]>`
            select count(*)::int from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`;
          return row?.count;
        },
        { timeout: 30_000, interval: 20 },
      )
      .toBe(1);
    await kill();
  });

  // One pair is merged without a fault; nobody goes on with the last one after its process died.
  const [undisturbed, abandoned] = requests;
  if (!undisturbed || !abandoned) throw new Error("No pair is left.");
  requests = [undisturbed];
  start();
  expect(await exit).toEqual([0, null]);
  requests = [abandoned];
  await interruptAt({
    step: "approve",
    operation: "previewPatientMerge",
    nth: 4,
    fault: { delayMs: 3000 },
  });
  await kill();

  const callsBefore = await countCalls("mergePatient");
  await sql`update patient_merges set sent_at = now() - interval '10 minutes'
    where practice_id = ${practiceId} and outcome = 'pending'`;
  const rows = await sql<{ id: string }[]>`
    select id from patient_merges where practice_id = ${practiceId}`;
  expect(rows).toHaveLength(mergeCount);
  const readStates = () =>
    Promise.all(
      rows.map(async ({ id }) => {
        const { state } = await getMerge(approver, { mergeId: id });
        return state === "unknown" ? (await resolveMerge(approver, { mergeId: id })).state : state;
      }),
    );
  // Six were sent, of which the one that Hero never merged stays unknown, and one was not sent.
  await expect
    .poll(async () => (await readStates()).toSorted(), { timeout: 60_000, interval: 500 })
    .toEqual(["merged", "merged", "merged", "merged", "merged", "unknown", "waiting"]);

  const sent = await listHeroCalls(apiKey, "mergePatient");
  expect(sent).toHaveLength(callsBefore);
  expect(sent).toHaveLength(mergeCount - 1);
  expect(new Set(sent.map(({ path }) => path)).size).toBe(sent.length);
});
