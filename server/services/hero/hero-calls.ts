import "server-only";
import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { heroRequests } from "@/db/schema/activity";
import { dataKeys } from "@/db/schema/organisations";
import { credentials, practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { openDataKey } from "../../crypto/keys";
import { open } from "../../crypto/secret-box";
import { ConflictError, NotFoundError } from "../../errors";
import { HeroError } from "../../hero/errors";
import type { PracticeGroupId } from "../../hero/practice-group";
import type { HeroConnection, HeroCallRecord } from "../../hero/request";
import type { Environment } from "../../schemas/environments";
import type { CapabilityCheck } from "../../schemas/practices";
import { allowedPracticeGroupId } from "../../tenancy/ids";
import type { TenantContext } from "../../tenancy/context";
import { enqueue } from "../../jobs/enqueue";
import { recordAudit } from "../audit";
import { heroLimiter } from "./limiter";

/** Where a Hero key is sealed: moving it to another row, tenant or environment makes it unopenable. */
export const secretLocation = (ctx: TenantContext, credentialId: string) => ({
  tenantId: ctx.tenantId,
  table: "credentials",
  rowId: `${ctx.environment}/${credentialId}`,
  column: "sealed_key",
});

/** A connected practice with what it takes to call Hero for it. Stays inside services. */
export type PracticeWithKey = {
  readonly id: string;
  readonly name: string;
  readonly practiceGroupId: PracticeGroupId;
  readonly capabilityChecks: CapabilityCheck[];
  readonly bookingOptions: (typeof practices.$inferSelect)["bookingOptions"];
  readonly credential: {
    readonly id: string;
    /** As the row says; a call in any other is refused. */
    readonly environment: Environment;
    readonly fingerprint: string;
    readonly state: (typeof credentials.$inferSelect)["state"];
    readonly lastUsedAt: Date | null;
  };
  readonly apiKey: string;
};

/**
 * Loads a practice from this tenant's list in this environment and opens its key.
 *
 * @throws NotFoundError unless it is on the list and connected
 * @throws SecretBoxError when the key does not open
 */
export async function loadPracticeWithKey(
  tx: Transaction,
  ctx: TenantContext,
  practiceId: string,
): Promise<PracticeWithKey> {
  const [row] = await tx
    .select({
      id: practices.id,
      name: practices.name,
      nickname: practices.nickname,
      practiceGroupId: practices.practiceGroupId,
      disconnectedAt: practices.disconnectedAt,
      capabilityChecks: practices.capabilityChecks,
      bookingOptions: practices.bookingOptions,
      credentialId: credentials.id,
      keyEnvironment: credentials.environment,
      fingerprint: credentials.fingerprint,
      state: credentials.state,
      lastUsedAt: credentials.lastUsedAt,
      sealedKey: credentials.sealedKey,
      dataKeyId: dataKeys.id,
      sealedDataKey: dataKeys.sealedKey,
    })
    .from(practices)
    .innerJoin(
      credentials,
      and(sameScope(credentials, practices), eq(credentials.id, practices.credentialId)),
    )
    .innerJoin(
      dataKeys,
      and(sameScope(dataKeys, credentials), eq(dataKeys.id, credentials.dataKeyId)),
    )
    .where(
      and(inScope(practices, ctx), eq(practices.id, practiceId), isNull(practices.disconnectedAt)),
    );
  if (!row) throw new NotFoundError();
  if (!row.sealedKey) throw new ConflictError("This practice has no API key. Connect it again.");
  const dataKey = openDataKey(ctx.tenantId, { id: row.dataKeyId, sealedKey: row.sealedDataKey });
  const key = open(
    row.sealedKey,
    (id) => (id === dataKey.id ? dataKey.bytes : undefined),
    secretLocation(ctx, row.credentialId),
  );
  return {
    id: row.id,
    name: row.nickname ?? row.name,
    practiceGroupId: allowedPracticeGroupId(row),
    capabilityChecks: row.capabilityChecks,
    bookingOptions: row.bookingOptions,
    credential: {
      id: row.credentialId,
      environment: row.keyEnvironment,
      fingerprint: row.fingerprint,
      state: row.state,
      lastUsedAt: row.lastUsedAt,
    },
    apiKey: key.toString("utf8"),
  };
}

/** What came of working with Hero, and the records of the calls it took. */
export type HeroOutcome<Result> = (
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly error: HeroError }
) & { readonly records: readonly HeroCallRecord[] };

/** Runs `work` against Hero. A `HeroError` becomes an outcome; anything else is a fault of ours. */
export async function callHero<Result>(
  target: Pick<HeroConnection, "environment" | "keyEnvironment" | "apiKey" | "practiceGroupId"> & {
    fingerprint: string;
  },
  run: (hero: HeroConnection) => Promise<Result>,
): Promise<HeroOutcome<Result>> {
  const records: HeroCallRecord[] = [];
  const { fingerprint, ...rest } = target;
  const hero: HeroConnection = {
    ...rest,
    limiter: heroLimiter(`${target.environment}:${fingerprint}`),
    onCall: (record) => records.push(record),
  };
  try {
    return { ok: true, result: await run(hero), records };
  } catch (error) {
    if (error instanceof HeroError) return { ok: false, error, records };
    throw error;
  }
}

/** As `callHero`, for a practice on the list. Never inside a transaction. */
export function callHeroForPractice<Result>(
  ctx: TenantContext,
  practice: PracticeWithKey,
  run: (hero: HeroConnection) => Promise<Result>,
): Promise<HeroOutcome<Result>> {
  return callHero(
    {
      environment: ctx.environment,
      keyEnvironment: practice.credential.environment,
      apiKey: practice.apiKey,
      practiceGroupId: practice.practiceGroupId,
      fingerprint: practice.credential.fingerprint,
    },
    run,
  );
}

/** Writes the request log; every transaction that follows a call begins with this. */
export async function recordHeroCalls(
  tx: Transaction,
  ctx: TenantContext,
  records: readonly HeroCallRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await tx.insert(heroRequests).values(
    records.map((record) => ({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id: uuidv7(),
      requestId: ctx.requestId,
      ...record,
    })),
  );
}

// Which shown read a refused operation says something about.
const capabilityOfOperation: Record<string, CapabilityCheck["capability"] | undefined> = {
  getCapabilities: "capabilities",
  listAppointmentTypes: "appointment_types",
  listLocations: "locations",
  listPractitioners: "practitioners",
  createBookingLink: "booking_links",
  getBookingLink: "booking_links",
  updateBookingLink: "booking_links",
  listBookingLinks: "booking_links",
  listForms: "forms",
  createFormLink: "form_links",
  listElements: "elements",
};

/**
 * After calls for a practice: the request log, the key's last use, and what the answers say about the
 * connection – 401 marks the key and tells the people who can replace it, 403 the feature (design §7).
 */
export async function recordCallsForPractice(
  tx: Transaction,
  ctx: TenantContext,
  practice: PracticeWithKey,
  records: readonly HeroCallRecord[],
): Promise<void> {
  await recordHeroCalls(tx, ctx, records);
  const { credential } = practice;
  const isKey = and(
    inScope(credentials, ctx),
    eq(credentials.id, credential.id),
    eq(credentials.fingerprint, credential.fingerprint),
  );
  const subject = { type: "credential", id: credential.id, label: practice.name } as const;
  const isRefused = records.some((record) => record.errorCode === "unauthorised");
  const isAccepted = records.some((record) => record.errorCode === null);
  const state = isRefused ? "needs_new_key" : isAccepted ? "working" : credential.state;

  if (state !== credential.state) {
    const changed = await tx
      .update(credentials)
      .set({ state, lastUsedAt: new Date() })
      .where(and(isKey, eq(credentials.state, credential.state)))
      .returning({ id: credentials.id });
    if (changed.length > 0) {
      await recordAudit(
        tx,
        ctx,
        isRefused ? "credential.refused" : "credential.recovered",
        subject,
      );
      if (isRefused) {
        const { tenantId, environment } = ctx;
        await enqueue(
          "key-refused-mail",
          { tenantId, environment, practiceId: practice.id },
          { within: tx },
        );
      }
    }
  } else if (records.length > 0 && Date.now() - (credential.lastUsedAt?.getTime() ?? 0) > 60_000) {
    // To the minute: every call would make all of a key's calls queue for this one row.
    await tx.update(credentials).set({ lastUsedAt: new Date() }).where(isKey);
  }

  const capabilityChecks = updateCapabilityChecks(records, practice.capabilityChecks);
  if (capabilityChecks) {
    await tx
      .update(practices)
      .set({ capabilityChecks })
      .where(and(inScope(practices, ctx), eq(practices.id, practice.id)));
  }
}

/**
 * What the answers say about the connection's capabilities; undefined where that is nothing new. Making
 * form links cannot be tried without making one, so it is learned from the first that is asked for.
 */
function updateCapabilityChecks(
  records: readonly HeroCallRecord[],
  existing: readonly CapabilityCheck[],
): CapabilityCheck[] | undefined {
  let checks = existing;
  for (const { operation, errorCode, durationMs } of records) {
    const capability = capabilityOfOperation[operation];
    const isRefused = errorCode === "forbidden";
    if (!capability || (!isRefused && (capability !== "form_links" || errorCode !== null)))
      continue;
    const previous = checks.find((check) => check.capability === capability);
    if (previous ? previous.isAvailable === !isRefused : capability !== "form_links") continue;
    const reason = isRefused ? new HeroError("forbidden", "").message : null;
    const added = { capability, isAvailable: !isRefused, reason, durationMs };
    checks = previous
      ? checks.map((check) =>
          check.capability === capability ? { ...check, isAvailable: !isRefused, reason } : check,
        )
      : [...checks, added];
  }
  return checks === existing ? undefined : [...checks];
}

/**
 * Reads something from Hero for a practice on the list: load, call, settle.
 * @throws NotFoundError, HeroError
 */
export async function fetchFromHero<Result>(
  ctx: TenantContext,
  practiceId: string,
  run: (hero: HeroConnection) => Promise<Result>,
): Promise<Result> {
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
  const outcome = await callHeroForPractice(ctx, practice, run);
  await db.tenant(ctx, (tx) => recordCallsForPractice(tx, ctx, practice, outcome.records));
  if (!outcome.ok) throw outcome.error;
  return outcome.result;
}
