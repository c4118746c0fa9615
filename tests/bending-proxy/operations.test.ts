import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientCalls, type SamplePatients } from "@/scripts/contract-check/client-calls";
import { env } from "@/server/env";
import { HeroError } from "@/server/hero/errors";
import { createAccess, practiceGroup } from "../hero/fake-hero";
import { getSandboxPractice, listSamplePatients } from "../support/hero";
import { type Bend, bendsOf } from "./bends";
import { type ProxiedCall, startBendingProxy } from "./proxy";

/** The time limit of a call in the cases that exceed it. */
const timeLimitMs = 500;
/** The time limit in all other cases, so that a busy machine exceeds it in none of them. */
const longTimeLimitMs = 10_000;
/** Longer than three attempts with their waits and time limits, for each call that a function has. */
const maxMs = 15_000;
const parallelCases = 8;

let proxy: Awaited<ReturnType<typeof startBendingProxy>>;
let apiKey: string;
let patients: SamplePatients;

beforeAll(async () => {
  proxy = await startBendingProxy(timeLimitMs + 300);
  process.env.HERO_SANDBOX_URL = proxy.url;
  process.env.HERO_TIMEOUT_MS = String(longTimeLimitMs);
  ({ apiKey } = await getSandboxPractice("30298", "c"));
  patients = await listSamplePatients("30298");
});

afterAll(() => proxy.stop());

type Outcome = { value?: unknown; error?: unknown; calls: ProxiedCall[]; ms: number };

const shapeOf = ({ method, path }: { method: string; path: string }) =>
  `${method} ${path.replace(/\/[0-9a-f-]*\d[0-9a-f-]*(?=\/|$)/, "/{id}")}`;

/** Calls a client function while the replies to one operation are bent. */
async function run(name: string, target?: string, bend?: Bend): Promise<Outcome> {
  const key = apiKey.replace(/[^.]*$/, randomUUID());
  const isBent = (method: string, path: string) => shapeOf({ method, path }) === target;
  const calls = proxy.plan(key, { isBent, bend });
  const { access } = createAccess({ apiKey: key, practiceGroupId: practiceGroup("30298") });
  const startedAt = performance.now();
  const outcome = await clientCalls[name]?.run(access, patients).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  return { ...outcome, calls, ms: performance.now() - startedAt };
}

const countWrites = (calls: ProxiedCall[], target: string) =>
  calls.filter((call) => call.method !== "GET" && shapeOf(call) === target).length;

/** The texts and numbers in a value, as text. */
function leavesOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [`${value}`];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(leavesOf) : [];
}

const inventedValues = ["null", "undefined", "NaN", "[object Object]", "Maintenance"];

/** What is wrong with an outcome; empty when nothing is. */
function faultsOf(bend: Bend, target: string, plain: Outcome, bent: Outcome): string[] {
  const faults: string[] = [];
  if (bent.ms > maxMs) faults.push("hangs");
  if (bent.error !== undefined && !(bent.error instanceof HeroError)) faults.push("crashes");
  if (countWrites(bent.calls, target) > countWrites(plain.calls, target)) faults.push("doubles");
  if (bend.isHarmless && bent.error !== undefined) faults.push("does not read a harmless reply");
  if (leavesOf(bent.value).some((leaf) => inventedValues.includes(leaf))) faults.push("invents");
  const isWrite = !target.startsWith("GET");
  const isDone = bent.calls.some((call) => shapeOf(call) === target && call.isForwarded);
  if (isWrite && isDone && bent.error instanceof HeroError && bent.error.writeOutcome === "no") {
    faults.push("says that nothing was done");
  }
  if (isWrite && !isDone && bent.error === undefined) faults.push("says that it was done");
  return faults;
}

describe("the client behind a proxy that bends Hero's replies", () => {
  it("no bend of any operation crashes, hangs, doubles a write or gives an untrue result", async () => {
    const cases: { isLate: boolean; check: () => Promise<string[]> }[] = [];
    for (const name of Object.keys(clientCalls)) {
      const plain = await run(name);
      expect(plain.error, name).toBeUndefined();
      // A function ends with the call to its own operation.
      const last = plain.calls.at(-1);
      if (!last) throw new Error(`${name} called nothing.`);
      const target = shapeOf(last);
      for (const bend of bendsOf(last.reply)) {
        const check = async () => {
          const faults = faultsOf(bend, target, plain, await run(name, target, bend));
          return faults.map((fault) => `${name}, ${bend.name}: ${fault}`);
        };
        cases.push({ isLate: bend.bend(last.reply).ending === "late", check });
      }
    }
    const faults: string[] = [];
    const startedAt = performance.now();
    for (const isLate of [false, true]) {
      env().HERO_TIMEOUT_MS = isLate ? timeLimitMs : longTimeLimitMs;
      const queue = cases.filter((each) => each.isLate === isLate);
      await Promise.all(
        Array.from({ length: parallelCases }, async () => {
          for (let next = queue.shift(); next; next = queue.shift()) {
            faults.push(...(await next.check()));
          }
        }),
      );
    }
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    console.info(
      `Bending proxy: ${cases.length} cases, ${faults.length} faults, ${seconds} seconds.`,
    );
    expect(faults).toEqual([]);
    expect(cases.length).toBeGreaterThan(400);
  }, 300_000);
});
