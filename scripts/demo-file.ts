import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const demoFile = z.object({
  portalUrl: z.url(),
  sandboxUrl: z.url(),
  inboxUrl: z.url(),
  tenants: z
    .array(
      z.object({
        slug: z.string(),
        name: z.string(),
        users: z.array(
          z.object({
            name: z.string(),
            role: z.string(),
            email: z.string(),
            password: z.string(),
          }),
        ),
        /** An API key of the sandbox environment; the database holds only its hash. */
        apiKey: z.string(),
        /** A placement of the Message Builder in the sandbox environment, for all demo practices. */
        placementId: z.string(),
        practices: z.array(
          z.object({ name: z.string(), practiceGroupId: z.string(), environment: z.string() }),
        ),
      }),
    )
    .min(1),
});

/** `$DATA_DIR/demo.json`: the addresses of a running demo, and its tenants with their sign-ins. */
export type Demo = z.infer<typeof demoFile>;

const demoFilePath = (dataDir: string) => join(dataDir, "demo.json");

export function readDemo(dataDir: string): Demo {
  return demoFile.parse(JSON.parse(readFileSync(demoFilePath(dataDir), "utf8")));
}

export function findDemo(dataDir: string): Demo | undefined {
  return existsSync(demoFilePath(dataDir)) ? readDemo(dataDir) : undefined;
}

export function writeDemo(dataDir: string, demo: Demo): void {
  writeFileSync(demoFilePath(dataDir), `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
}
