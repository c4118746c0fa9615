import { createHmac, randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const secretsFile = z.object({
  /** Signs cookies and one-time tokens. */
  authSecret: z.string().min(32),
  /** `id:base64`, as `MASTER_KEYS` has it. */
  masterKeys: z.string().min(1),
  /** Superuser of the embedded PostgreSQL. */
  databasePassword: z.string().min(32),
});

export type Secrets = z.infer<typeof secretsFile>;

/**
 * The secrets of this data folder, created once. Without `masterKeys` nothing sealed can be opened, so
 * an unreadable file is an error and is never replaced.
 */
export function readOrCreateSecrets(folder: string): Secrets {
  const file = join(folder, "secrets.json");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) {
    const created: Secrets = {
      authSecret: randomBytes(32).toString("base64url"),
      masterKeys: `k1:${randomBytes(32).toString("base64")}`,
      databasePassword: randomBytes(32).toString("base64url"),
    };
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(created, null, 2)}\n`, { mode: 0o600 });
    try {
      // A hard link fails if the name exists: of two first starts, one creates the secrets.
      linkSync(draft, file);
    } catch (error) {
      if (!existsSync(file)) throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }
  const result = secretsFile.safeParse(parseJson(readFileSync(file, "utf8")));
  if (!result.success) {
    throw new Error(
      `${file} is damaged: restore it from a backup, or start with another DATA_DIR.`,
    );
  }
  return result.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The password of a role that the start creates. It is derived from the bootstrap login's password, so
 * that several starts with one PostgreSQL agree on it without sharing a file.
 */
export function deriveRolePassword(bootstrapPassword: string, role: string): string {
  return createHmac("sha256", bootstrapPassword)
    .update(`hero-partner-portal database role ${role}`)
    .digest("base64url");
}
