import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isPortFree } from "@/scripts/ports";
import { launchPortal, getRunningPortal } from "@/scripts/test/portal";

const otherPortal = getRunningPortal();
const dataDir = mkdtempSync(join(tmpdir(), "portal-start-"));
const secretsFile = join(dataDir, "secrets.json");
const demoFile = join(dataDir, "demo.json");
const slowTestMs = 120_000;

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const fetchHealthStatus = async (url: string) => (await fetch(`${url}/api/health`)).status;

/** Processes whose environment or command line names the data folder. */
function listProcesses(): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return ["cmdline", "environ"].some((file) =>
        readFileSync(`/proc/${pid}/${file}`, "utf8").includes(dataDir),
      );
    } catch {
      return false;
    }
  });
}

describe("bin/start", () => {
  it(
    "two starts run side by side, keep their data after a crash, and leave nothing behind",
    async () => {
      const first = await launchPortal(dataDir);
      const url = await first.ready;
      expect(await fetchHealthStatus(url)).toBe(200);
      expect(await fetchHealthStatus(otherPortal.url)).toBe(200);
      expect(url).not.toBe(otherPortal.url);
      const secrets = readFileSync(secretsFile, "utf8");
      const demo = readFileSync(demoFile, "utf8");
      expect(statSync(secretsFile).mode & 0o777).toBe(0o600);
      expect(first.output.join("\n")).not.toContain(JSON.parse(secrets).authSecret);

      const second = await launchPortal(dataDir);
      expect(await second.exited).toBe(1);
      expect(second.output.at(-1)).toMatch(/^DATA_DIR .* is in use by another start/);

      // The same ports again: the killed start must have released them.
      const { port } = new URL(url);
      const sandboxPort = new URL(JSON.parse(demo).sandboxUrl).port;
      first.kill("SIGKILL");
      await first.exited;
      const third = await launchPortal(dataDir, { PORT: port, SANDBOX_PORT: sandboxPort });
      expect(await third.ready).toBe(url);
      expect(readFileSync(secretsFile, "utf8")).toBe(secrets);
      expect(readFileSync(demoFile, "utf8")).toBe(demo);

      third.kill("SIGINT");
      expect(await third.exited).toBe(0);
      expect(listProcesses()).toEqual([]);
      expect(await isPortFree(Number(port), "127.0.0.1")).toBe(true);
    },
    slowTestMs,
  );

  it(
    "a port in use stops the start with one sentence",
    async () => {
      const { port } = new URL(otherPortal.url);
      const start = await launchPortal(dataDir, { PORT: port });
      expect(await start.exited).toBe(1);
      expect(start.output).toEqual([
        `Port ${port} is in use: stop the program that uses it, or set PORT to another port.`,
      ]);
    },
    slowTestMs,
  );

  it(
    "a malformed setting stops the start with one sentence without its value",
    async () => {
      const start = await launchPortal(dataDir, { HERO_STAGING_URL: "hidden-value" });
      expect(await start.exited).toBe(1);
      expect(start.output).toEqual(["HERO_STAGING_URL must be an http or https address."]);
    },
    slowTestMs,
  );
});
