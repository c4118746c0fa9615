import { setTimeout as sleep } from "node:timers/promises";
import { env } from "@/server/env";
import type { Environment } from "@/server/schemas/environments";
import type { HeroCallRecord, HeroConnection } from "@/server/hero/request";
import { unverifiedPracticeGroupId } from "@/server/tenancy/ids";

/** The client reads the portal's settings; none of these is used here. */
const unusedSettings = {
  AUTH_SECRET: "not used by this command, which signs nothing",
  MASTER_KEYS: `unused:${Buffer.alloc(32).toString("base64")}`,
  DATABASE_URL: "postgres://unused@127.0.0.1:1/unused",
  SMTP_URL: "smtp://127.0.0.1:1",
};

/** A connection without a database: calls are spaced here and recorded in memory. */
export function openConnection(
  environment: Environment,
  key: { apiKey: string; practiceGroupId: string },
): { hero: HeroConnection; records: HeroCallRecord[] } {
  for (const [name, value] of Object.entries(unusedSettings)) process.env[name] ||= value;
  const records: HeroCallRecord[] = [];
  const hero: HeroConnection = {
    environment,
    keyEnvironment: environment,
    apiKey: key.apiKey,
    practiceGroupId: unverifiedPracticeGroupId(key.practiceGroupId),
    limiter: {
      acquire: async () => {
        await sleep(1000 / env().HERO_RATE_PER_SECOND);
        return async () => undefined;
      },
      pause: (ms) => sleep(Math.min(ms, 60_000)),
    },
    onCall: (record) => records.push(record),
  };
  return { hero, records };
}
