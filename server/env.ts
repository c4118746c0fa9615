import { z } from "zod";
import type { Environment } from "./schemas/environments";

/**
 * The one place that reads the environment. A missing or malformed setting throws at load, with one
 * sentence per fault that names the variable, so a start fails at once and never at first use.
 *
 * Every variable is described in `.env.example`.
 */

const httpUrl = z.url({
  protocol: /^https?$/,
  error: "must be an http or https address",
  abort: true,
});
const isLoopbackHost = (host: string) =>
  ["localhost", "127.0.0.1", "[::1]"].includes(host) || host.endsWith(".localhost");

/** Carries keys or scripts of a real Hero, which nobody on the way may read or change. */
const httpsUrl = httpUrl.refine(
  (text) => {
    const { protocol, hostname } = new URL(text);
    return protocol === "https:" || isLoopbackHost(hostname);
  },
  { error: "must be an https address, unless its host is this machine" },
);
const toOrigin = (url: typeof httpUrl) =>
  url
    .refine((text) => `${new URL(text).origin}/` === new URL(text).href, {
      error: "must be an address without a path",
    })
    .transform((text) => new URL(text).origin);
/** Comma-separated host names; `*.` at the start of one stands for every name below it. */
const hostNames = z.string().transform((text, ctx) => {
  const hosts = text.split(",").map((host) => host.trim().toLowerCase());
  if (!hosts.every((host) => /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(host))) {
    ctx.addIssue({ code: "custom", message: "must be comma-separated host names" });
    return z.NEVER;
  }
  return hosts;
});
const wholeNumber = (min: number, max: number) =>
  z.coerce
    .number({ error: "must be a number" })
    .int({ error: "must be a whole number" })
    .min(min, { error: `must be at least ${min}` })
    .max(max, { error: `must be at most ${max}` });

/** `id:base64` pairs, the first of which seals; the others only open, so that a key can be rotated. */
const masterKeys = z.string({ error: "is not set" }).transform((text, ctx) => {
  const keys = text.split(",").map((pair) => {
    const [, id, encoded] = /^([a-z0-9-]{1,32}):([A-Za-z0-9+/]+=*)$/.exec(pair.trim()) ?? [];
    const bytes = encoded ? Buffer.from(encoded, "base64") : undefined;
    return id && bytes?.length === 32 ? { id, bytes } : undefined;
  });
  const validKeys = keys.filter((key) => key !== undefined);
  if (
    validKeys.length !== keys.length ||
    new Set(validKeys.map((key) => key.id)).size !== keys.length
  ) {
    ctx.addIssue({
      code: "custom",
      message: "must be comma-separated id:base64 pairs of 32 random bytes, each id once",
    });
    return z.NEVER;
  }
  return validKeys;
});

const settings = z.object({
  NODE_ENV: z.enum(["development", "test", "production"]).default("production"),
  PORT: wholeNumber(0, 65535).default(3000),
  DATABASE_URL: z
    .string({ error: "is not set" })
    .regex(/^postgres(ql)?:\/\//, { error: "must start with postgres:// or postgresql://" }),
  DATABASE_POOL_SIZE: wholeNumber(1, 200).default(10),
  DATABASE_PREPARED_STATEMENTS: z
    .enum(["on", "off"], { error: 'must be "on" or "off"' })
    .default("on"),
  PUBLIC_URL: httpUrl.default("http://localhost:3000"),
  ELEMENTS_ORIGIN: toOrigin(httpUrl).optional(),
  AUTH_SECRET: z
    .string({ error: "is not set" })
    .min(32, { error: "must be at least 32 characters" }),
  MASTER_KEYS: masterKeys,
  HERO_SANDBOX_URL: httpUrl.optional(),
  HERO_STAGING_URL: httpsUrl.default("https://api.staging.htech.app"),
  HERO_PRODUCTION_URL: httpsUrl.default("https://api.herohealth.net"),
  HERO_SANDBOX_LINK_HOSTS: hostNames.optional(),
  HERO_STAGING_LINK_HOSTS: hostNames.prefault("*.staging.htech.app"),
  HERO_PRODUCTION_LINK_HOSTS: hostNames.prefault("bookings.herohealth.net,patient.herohealth.net"),
  HERO_TIMEOUT_MS: wholeNumber(100, 120_000).default(10_000),
  HERO_RATE_PER_SECOND: wholeNumber(1, 100_000).default(5),
  HERO_CONCURRENCY: wholeNumber(1, 1_000).default(4),
  HERO_BATCH_SIZE: wholeNumber(1, 10_000).default(500),
  HERO_SCRIPTS_URL: toOrigin(httpsUrl).default("https://scripts.htech.app"),
  ELEMENT_FIRST_EXCHANGE_MINUTES: wholeNumber(1, 120).default(15),
  ELEMENT_SESSION_HOURS: wholeNumber(1, 24).default(8),
  ELEMENT_EXCHANGES_PER_MINUTE: wholeNumber(1, 1_000).default(6),
  ORGANISATIONS_PER_PERSON: wholeNumber(1, 100_000).default(20),
  API_RATE_PER_MINUTE: wholeNumber(1, 1_000_000).default(600),
  WEBHOOK_BODY_DAYS: wholeNumber(1, 3_650).default(30),
  WEBHOOK_DELIVERY_DAYS: wholeNumber(1, 3_650).default(90),
  PATIENT_LOOKUPS_PER_HOUR: wholeNumber(1, 1_000).default(20),
  LIVE_STREAMS: wholeNumber(1, 100_000).default(2_000),
  LIVE_STREAMS_PER_PERSON: wholeNumber(1, 100_000).default(20),
  ALLOWED_PRIVATE_HOSTS: hostNames.optional(),
  SMTP_URL: z
    .string({ error: "is not set" })
    .regex(/^smtps?:\/\//, { error: "must start with smtp:// or smtps://" }),
  MAIL_FROM: z.string().min(3).default("Partner Portal <portal@localhost>"),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
});

/** The second origin of a portal on this machine: another name of it. Undefined for a portal elsewhere. */
export function localElementsOrigin(portalUrl: URL): string | undefined {
  if (!isLoopbackHost(portalUrl.hostname)) return undefined;
  return new URL(`${portalUrl.protocol}//elements.localhost:${portalUrl.port}`).origin;
}

/**
 * The second origin, on which Hero's scripts run. Beside a portal on this machine it is a name of this
 * machine; anywhere else it has to be said, and it is never the portal's own.
 */
const withElementsOrigin = settings.transform((parsed, ctx) => {
  const portalUrl = new URL(parsed.PUBLIC_URL);
  const ELEMENTS_ORIGIN = parsed.ELEMENTS_ORIGIN ?? localElementsOrigin(portalUrl);
  const reject = (message: string) => {
    ctx.addIssue({ code: "custom", path: ["ELEMENTS_ORIGIN"], message });
    return z.NEVER;
  };
  if (!ELEMENTS_ORIGIN) return reject("is not set");
  if (ELEMENTS_ORIGIN === portalUrl.origin) return reject("must differ from PUBLIC_URL");
  // Partners enter addresses there: on a server they would reach its own network.
  if (parsed.ALLOWED_PRIVATE_HOSTS && !isLoopbackHost(portalUrl.hostname)) {
    ctx.addIssue({
      code: "custom",
      path: ["ALLOWED_PRIVATE_HOSTS"],
      message: "can only be set while PUBLIC_URL is this machine",
    });
    return z.NEVER;
  }
  return { ...parsed, ELEMENTS_ORIGIN };
});

export type Env = z.infer<typeof withElementsOrigin>;

/**
 * Reads settings from `source`; blank values count as unset.
 * @throws Error with one sentence per faulty variable, never with its value.
 */
export function readEnv(source: Record<string, string | undefined>): Env {
  const values = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  const parsed = withElementsOrigin.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new Error(
    parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`).join(" "),
  );
}

let cached: Env | undefined;

/** The settings of this process, read once at first call; `instrumentation.ts` and the worker call it at start. */
export function env(): Env {
  cached ??= readEnv(process.env);
  return cached;
}

/** The address of Hero's API in an environment, without a trailing slash. */
export function heroBaseUrl(environment: Environment): string {
  const urls = {
    sandbox: env().HERO_SANDBOX_URL,
    staging: env().HERO_STAGING_URL,
    production: env().HERO_PRODUCTION_URL,
  };
  const url = urls[environment];
  if (!url) throw new Error(`No address is set for ${environment}.`);
  return url.replace(/\/+$/, "");
}

const matchesHost = (hosts: readonly string[], hostname: string) =>
  hosts.some((host) =>
    host.startsWith("*.") ? hostname.endsWith(host.slice(1)) : hostname === host,
  );

/** Whether events may be sent to a host that is this machine or in its network. */
export const isAllowedPrivateHost = (hostname: string): boolean =>
  matchesHost(env().ALLOWED_PRIVATE_HOSTS ?? [], hostname);

/** The hosts of the pages that Hero sends patients to in an environment. */
function patientHosts(environment: Environment): readonly string[] {
  if (environment === "staging") return env().HERO_STAGING_LINK_HOSTS;
  if (environment === "production") return env().HERO_PRODUCTION_LINK_HOSTS;
  return env().HERO_SANDBOX_LINK_HOSTS ?? [new URL(heroBaseUrl("sandbox")).hostname];
}

/**
 * Whether an address may be given to a patient: https at one of Hero's hosts of the environment, or http
 * at this machine. Only in the form that a browser shows, with no character that it would drop or hide, and
 * never a site's front page.
 */
export function isPatientUrl(environment: Environment, text: string): boolean {
  if (text.length > 2000 || !/^[!-?A-~]+$/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, port, href, pathname, username, password } = new URL(text);
  if (href !== text || pathname === "/" || username || password) return false;
  if (!matchesHost(patientHosts(environment), hostname)) return false;
  return (
    (protocol === "https:" && port === "") ||
    (/^https?:$/.test(protocol) && isLoopbackHost(hostname))
  );
}

/** Where browsers load Hero's scripts from. The sandbox serves its own. */
export const heroScriptOrigin = (environment: Environment): string =>
  environment === "sandbox" ? new URL(heroBaseUrl("sandbox")).origin : env().HERO_SCRIPTS_URL;
