import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isPortFree } from "@/scripts/ports";
import { launchPortal, runningPortal } from "./setup/portal";

const neighbour = runningPortal();
const dataFolder = mkdtempSync(join(tmpdir(), "portal-start-"));
const secretsFile = join(dataFolder, "secrets.json");
const demoFile = join(dataFolder, "demo.json");
const longMs = 120_000;

afterAll(() => rmSync(dataFolder, { recursive: true, force: true }));

const healthOf = async (url: string) => (await fetch(`${url}/api/health`)).status;

/** Processes whose environment or command line names the data folder. */
function processesOfFolder(): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return ["cmdline", "environ"].some((file) =>
        readFileSync(`/proc/${pid}/${file}`, "utf8").includes(dataFolder),
      );
    } catch {
      return false;
    }
  });
}

describe("a start", () => {
  it(
    "lives beside another, keeps the data over a killed start, and leaves nothing behind",
    async () => {
      const first = await launchPortal(dataFolder);
      const url = await first.ready;
      expect(await healthOf(url)).toBe(200);
      expect(await healthOf(neighbour.url)).toBe(200);
      expect(url).not.toBe(neighbour.url);
      const secrets = readFileSync(secretsFile, "utf8");
      const demo = readFileSync(demoFile, "utf8");
      expect(statSync(secretsFile).mode & 0o777).toBe(0o600);
      expect(first.said.join("\n")).not.toContain(JSON.parse(secrets).authSecret);

      const second = await launchPortal(dataFolder);
      expect(await second.ended).toBe(1);
      expect(second.said.at(-1)).toMatch(/^DATA_DIR .* is in use by another start/);

      // The same ports again: what the killed start left must have let go of them.
      const { port } = new URL(url);
      const sandboxPort = new URL(JSON.parse(demo).sandboxUrl).port;
      first.kill("SIGKILL");
      await first.ended;
      const third = await launchPortal(dataFolder, { PORT: port, SANDBOX_PORT: sandboxPort });
      expect(await third.ready).toBe(url);
      expect(readFileSync(secretsFile, "utf8")).toBe(secrets);
      expect(readFileSync(demoFile, "utf8")).toBe(demo);

      third.kill("SIGINT");
      expect(await third.ended).toBe(0);
      expect(processesOfFolder()).toEqual([]);
      expect(await isPortFree(Number(port), "127.0.0.1")).toBe(true);
    },
    longMs,
  );

  it(
    "stops with one sentence at a taken port",
    async () => {
      const { port } = new URL(neighbour.url);
      const start = await launchPortal(dataFolder, { PORT: port });
      expect(await start.ended).toBe(1);
      expect(start.said).toEqual([
        `Port ${port} is in use: stop what listens there, or set PORT to another.`,
      ]);
    },
    longMs,
  );

  it(
    "stops with one sentence at a malformed setting, without its value",
    async () => {
      const start = await launchPortal(dataFolder, { HERO_STAGING_URL: "hidden-value" });
      expect(await start.ended).toBe(1);
      expect(start.said).toEqual(["HERO_STAGING_URL must be an http or https address."]);
    },
    longMs,
  );
});
