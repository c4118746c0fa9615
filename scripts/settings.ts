import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { z } from "zod";
import { localElementsOrigin, readEnv } from "../server/env";

const port = (fallback: number) =>
  z.coerce
    .number({ error: "must be a number" })
    .int({ error: "must be a whole number" })
    .min(0, { error: "must be at least 0" })
    .max(65535, { error: "must be at most 65535" })
    .default(fallback);

const databaseAddress = z
  .string()
  .regex(/^postgres(ql)?:\/\//, {
    abort: true,
    error: "must start with postgres:// or postgresql://",
  })
  .refine((text) => URL.canParse(text), { error: "is not a valid address" });

const origin = z
  .url({ protocol: /^https?$/, error: "must be an http or https address" })
  .refine((text) => URL.canParse(text) && `${new URL(text).origin}/` === new URL(text).href, {
    error: "must be an address without a path",
  })
  .transform((text) => new URL(text).origin);

const hostName = /^[a-z0-9.-]+(:\d{1,5})?$/;

/** Settings of the server in front of the portal; `scripts/serve.ts` reads only these. */
const serveFields = {
  PORT: port(3000),
  PUBLIC_URL: origin.optional(),
  ELEMENTS_ORIGIN: origin.optional(),
  LISTEN_HOST: z.string().optional(),
  ALLOWED_HOSTS: z
    .string()
    .default("")
    .transform((text) =>
      text
        .split(",")
        .map((host) => host.trim().toLowerCase())
        .filter((host) => host !== ""),
    )
    .refine((hosts) => hosts.every((host) => hostName.test(host)), {
      error: "must be comma-separated hosts, each with its port if it has one",
    }),
  TRUSTED_PROXY_HOPS: z.coerce
    .number({ error: "must be a number" })
    .int({ error: "must be a whole number" })
    .min(0, { error: "must be at least 0" })
    .max(10, { error: "must be at most 10" })
    .default(0),
};

const startFields = {
  ...serveFields,
  SANDBOX_PORT: port(4010),
  DATA_DIR: z.string().default(".data"),
  DATABASE_URL: databaseAddress.optional(),
  DATABASE_ADMIN_URL: databaseAddress.optional(),
  DATABASE_OWNER_URL: databaseAddress.optional(),
  EMBEDDED_DATABASE_FSYNC: z.enum(["on", "off"], { error: 'must be "on" or "off"' }).default("on"),
  SANDBOX_SMTP_PORT: port(0),
  SANDBOX_PUBLIC_URL: origin.optional(),
  DEMO: z.enum(["on", "off"], { error: 'must be "on" or "off"' }).optional(),
};

/** The variables that the commands read; `.env.example` describes each. */
export const commandVariableNames = Object.keys(startFields);

type Source = Record<string, string | undefined>;

const isLoopback = (host: string) => ["localhost", "127.0.0.1", "[::1]"].includes(host);

function parse<Shape extends z.ZodRawShape>(shape: Shape, source: Source) {
  const nonEmpty = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  const result = z.object(shape).safeParse(nonEmpty);
  if (result.success) return result.data;
  throw new Error(
    result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`).join(" "),
  );
}

function toServeSettings(input: {
  PORT: number;
  PUBLIC_URL?: string | undefined;
  ELEMENTS_ORIGIN?: string | undefined;
  LISTEN_HOST?: string | undefined;
  ALLOWED_HOSTS: string[];
  TRUSTED_PROXY_HOPS: number;
}) {
  const publicUrl = new URL(input.PUBLIC_URL ?? `http://localhost:${input.PORT}`);
  const isLocal = isLoopback(publicUrl.hostname);
  const elementsOrigin = input.ELEMENTS_ORIGIN ?? localElementsOrigin(publicUrl);
  if (!elementsOrigin) throw new Error("ELEMENTS_ORIGIN is not set.");
  const elementsUrl = new URL(elementsOrigin);
  return {
    port: input.PORT,
    publicUrl,
    /** The second origin, which serves only the frames that run Hero's scripts. */
    elementsUrl,
    isLocal,
    /** Without a public address, the portal serves this machine only. */
    listenHost: input.LISTEN_HOST ?? (isLocal ? "127.0.0.1" : undefined),
    allowedHosts: new Set([
      publicUrl.host,
      elementsUrl.host,
      `localhost:${input.PORT}`,
      `127.0.0.1:${input.PORT}`,
      ...input.ALLOWED_HOSTS,
    ]),
    trustedProxyHops: input.TRUSTED_PROXY_HOPS,
  };
}

export type ServeSettings = ReturnType<typeof toServeSettings>;

/** @throws Error with one sentence for each invalid variable. */
export function readServeSettings(source: Source): ServeSettings {
  return toServeSettings(parse(serveFields, source));
}

/**
 * The settings of `bin/start`, including those of the portal, so that every error shows before
 * anything starts.
 * @throws Error with one sentence for each invalid variable, never with its value.
 */
export function readStartSettings(source: Source) {
  const input = parse(startFields, source);
  const serveSettings = toServeSettings(input);
  const isDemo = (input.DEMO ?? (serveSettings.isLocal ? "on" : "off")) === "on";
  readEnv({
    // The start creates these if they are not set.
    DATABASE_URL: "postgres://unset",
    AUTH_SECRET: "unset".repeat(8),
    MASTER_KEYS: `unset:${Buffer.alloc(32).toString("base64")}`,
    ...(isDemo && { SMTP_URL: "smtp://unset" }),
    ...Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim())),
  });
  return {
    ...serveSettings,
    /** Whether to run the sandbox and seed the demo tenants. */
    isDemo,
    sandboxPort: input.SANDBOX_PORT,
    sandboxSmtpPort: input.SANDBOX_SMTP_PORT,
    sandboxPublicUrl: input.SANDBOX_PUBLIC_URL,
    dataDir: isAbsolute(input.DATA_DIR) ? input.DATA_DIR : resolve(input.DATA_DIR),
    isEmbeddedDatabaseDurable: input.EMBEDDED_DATABASE_FSYNC === "on",
    databaseUrl: input.DATABASE_URL,
    databaseAdminUrl: input.DATABASE_ADMIN_URL,
    databaseOwnerUrl: input.DATABASE_OWNER_URL,
  };
}

export type StartSettings = ReturnType<typeof readStartSettings>;

/** Also reads settings from `.env` in the checkout; the environment wins. */
export function loadSettingsFile(): void {
  if (existsSync(".env")) process.loadEnvFile(".env");
}
