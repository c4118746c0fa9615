import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { countPlaywright } from "@/scripts/test/reports";
import { runSteps, type Step } from "@/scripts/test/steps";
import { lockDataDir } from "@/scripts/data-dir-lock";
import { deriveRolePassword, readOrCreateSecrets } from "@/scripts/secrets";
import { readEnv } from "@/server/env";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portal-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the secrets of the first run", () => {
  it("secrets are created once, readable by the owner only, and match the settings", () => {
    const secrets = readOrCreateSecrets(folder);
    expect(readOrCreateSecrets(folder)).toEqual(secrets);
    expect(statSync(join(folder, "secrets.json")).mode & 0o777).toBe(0o600);
    const env = readEnv({
      AUTH_SECRET: secrets.authSecret,
      MASTER_KEYS: secrets.masterKeys,
      DATABASE_URL: "postgres://localhost/portal",
      SMTP_URL: "smtp://localhost",
    });
    expect(env.MASTER_KEYS).toHaveLength(1);
  });

  it("c38: secrets are never replaced when the file is damaged", () => {
    readOrCreateSecrets(folder);
    const file = join(folder, "secrets.json");
    const truncated = readFileSync(file, "utf8").slice(0, 40);
    writeFileSync(file, truncated);
    expect(() => readOrCreateSecrets(folder)).toThrow(/is damaged/);
    expect(readFileSync(file, "utf8")).toBe(truncated);
  });

  it("each database role has its own password", () => {
    const passwords = ["portal_owner", "portal_app"].map((role) => deriveRolePassword("a", role));
    expect(new Set(passwords).size).toBe(2);
    expect(deriveRolePassword("b", "portal_app")).not.toBe(passwords[1]);
    expect(deriveRolePassword("a", "portal_app")).toBe(passwords[1]);
  });
});

describe("a data folder", () => {
  it("a data folder belongs to one start at a time", () => {
    const lock = lockDataDir(folder);
    expect(lock.wasInterrupted).toBe(false);
    expect(() => lockDataDir(folder)).toThrow(`(process ${process.pid})`);
    lock.release();
    expect(lockDataDir(folder).wasInterrupted).toBe(false);
  });

  it("a data folder is free when its start is gone, though the process id is in use again", () => {
    writeFileSync(join(folder, "start.pid"), `${process.pid} 1\n`);
    expect(lockDataDir(folder).wasInterrupted).toBe(true);
  });
});

describe("the steps of bin/test", () => {
  const step = (name: string, failed: number, needs: string[] = []): Step => ({
    name,
    needs,
    run: async () => ({ passed: failed === 0 ? 1 : 0, failed, output: "" }),
  });

  it("a step that could not run counts as failed", async () => {
    const reported: string[] = [];
    const total = await runSteps(
      [step("a", 1), step("b", 0, ["a"]), step("c", 0, ["b"]), step("d", 0)],
      2,
      (name) => reported.push(name),
    );
    expect(total).toEqual({ passed: 1, failed: 3, flaky: [] });
    expect(reported.toSorted()).toEqual(["a", "b", "c", "d"]);
  });

  it("a step that throws counts as failed, and steps wait for what they need", async () => {
    const order: string[] = [];
    const slowStep: Step = {
      name: "slow",
      run: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push("slow");
        throw new Error("no");
      },
    };
    const dependentStep: Step = {
      name: "after",
      needs: ["quick"],
      run: async () => {
        order.push("after");
        return { passed: 2, failed: 0, output: "" };
      },
    };
    const total = await runSteps([slowStep, dependentStep, step("quick", 0)], 3, () => undefined);
    expect(total).toEqual({ passed: 3, failed: 1, flaky: [] });
    expect(order).toEqual(["after", "slow"]);
  });

  it("a step that comes after another also runs when that one failed", async () => {
    const order: string[] = [];
    const failingStep: Step = {
      name: "first",
      run: async () => {
        order.push("first");
        throw new Error("no");
      },
    };
    const laterStep: Step = {
      name: "second",
      after: ["first"],
      run: async () => {
        order.push("second");
        return { passed: 1, failed: 0, output: "" };
      },
    };
    const total = await runSteps([laterStep, failingStep], 2, () => undefined);
    expect(total).toEqual({ passed: 1, failed: 1, flaky: [] });
    expect(order).toEqual(["first", "second"]);
  });
});

describe("the count of browser tests", () => {
  const writeReport = (stats: Record<string, number>) => {
    const file = join(folder, "browser.json");
    const spec = (title: string, status: string) => ({ title, tests: [{ status }] });
    const innerSuite = { file: "links.spec.ts", specs: [spec("a link is created", "flaky")] };
    const report = {
      stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0, ...stats },
      suites: [
        {
          file: "links.spec.ts",
          specs: [spec("a link is closed", "expected")],
          suites: [innerSuite],
        },
      ],
    };
    writeFileSync(file, JSON.stringify(report));
    return file;
  };

  it("a test that passed on a retry counts as passed and is named", () => {
    expect(countPlaywright(writeReport({ expected: 1, flaky: 1 }))).toEqual({
      passed: 2,
      failed: 0,
      flaky: ["links.spec.ts: a link is created"],
    });
  });

  it("a skipped test counts as failed", () => {
    expect(countPlaywright(writeReport({ expected: 1, skipped: 1 }))).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });
});
