import "server-only";
import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import type { TenantId } from "@/db/ids";
import { openDataKey } from "../../crypto/keys";
import { open, type SealingKey } from "../../crypto/secret-box";
import type { Environment } from "../../schemas/environments";
import { findEnvironment } from "../../tenancy/environments";
import { provenTenantId } from "../../tenancy/ids";
import { withTimeLimit } from "./time-limit";

/** What a registration's signing key is bound to: it does not open in another row, tenant or environment. */
export const signingKeyLocation = (
  scope: { tenantId: string; environment: Environment },
  registrationId: string,
) => ({
  tenantId: scope.tenantId,
  table: "webhook_registrations",
  rowId: `${scope.environment}/${registrationId}`,
  column: "sealed_key",
});

type AcceptedKey = {
  readonly registrationId: string;
  readonly key: KeyObject;
  /** Null: until the registration ends. */
  readonly acceptedUntil: Date | null;
};

/** An endpoint as intake needs it: whose it is, and with which keys its deliveries may be signed. */
export type IntakeEndpoint = {
  readonly tenantId: TenantId;
  readonly environment: Environment;
  readonly id: string;
  readonly practiceGroupId: string;
  readonly keys: readonly AcceptedKey[];
  /** Seals the bodies. */
  readonly dataKey: SealingKey;
};

/** For so long a removed endpoint, or a registration that ended, may still be accepted by a process. */
const cacheMs = 3_000;
const maxCached = 10_000;

const cache = new Map<string, { endpoint: IntakeEndpoint; loadedAtMs: number }>();

/** The endpoint of a URL, if this process has loaded it lately. */
export function cachedEndpoint(urlToken: string): IntakeEndpoint | undefined {
  const entry = cache.get(urlToken);
  return entry && performance.now() - entry.loadedAtMs < cacheMs ? entry.endpoint : undefined;
}

const decoyKey = createSecretKey(randomBytes(32));

/**
 * The keys that an endpoint accepts now, or one that nobody has: a delivery to an unknown URL then costs as
 * much as one with a wrong signature.
 */
export function acceptedKeys(
  endpoint: IntakeEndpoint | undefined,
  now: Date,
): readonly KeyObject[] {
  const keys = (endpoint?.keys ?? [])
    .filter(({ acceptedUntil }) => acceptedUntil === null || acceptedUntil > now)
    .map(({ key }) => key);
  return keys.length > 0 ? keys : [decoyKey];
}

type EndpointRow = {
  url_token: string;
  tenant_id: string;
  environment: string;
  endpoint_id: string;
  practice_group_id: string;
  newest_data_key_id: string;
  newest_sealed_data_key: Buffer;
} & (
  | { registration_id: null }
  | {
      registration_id: string;
      sealed_key: Buffer;
      accepted_until: string | Date | null;
      data_key_id: string;
      sealed_data_key: Buffer;
    }
);

/** @param previous what was loaded before: its keys are not opened again */
function toEndpoint(
  rows: readonly EndpointRow[],
  previous: IntakeEndpoint | undefined,
): IntakeEndpoint | undefined {
  const [row] = rows;
  if (!row) return undefined;
  const environment = findEnvironment(row.environment);
  // Not offered by this installation any more.
  if (!environment) return undefined;
  const tenantId = provenTenantId(row.tenant_id);
  const keys = rows.flatMap((registration): AcceptedKey[] => {
    if (registration.registration_id === null) return [];
    const { registration_id: registrationId } = registration;
    const opened = previous?.keys.find((known) => known.registrationId === registrationId)?.key;
    const acceptedUntil =
      registration.accepted_until === null ? null : new Date(registration.accepted_until);
    return [
      { registrationId, acceptedUntil, key: opened ?? openSigningKey(registration, environment) },
    ];
  });
  const dataKey =
    previous?.dataKey.id === row.newest_data_key_id
      ? previous.dataKey
      : openDataKey(tenantId, {
          id: row.newest_data_key_id,
          sealedKey: row.newest_sealed_data_key,
        });
  return {
    tenantId,
    environment,
    id: row.endpoint_id,
    practiceGroupId: row.practice_group_id,
    keys,
    dataKey,
  };
}

function openSigningKey(
  row: Exclude<EndpointRow, { registration_id: null }>,
  environment: Environment,
): KeyObject {
  const stored = { id: row.data_key_id, sealedKey: row.sealed_data_key };
  const dataKey = openDataKey(row.tenant_id, stored);
  const bytes = open(
    row.sealed_key,
    (id) => (id === dataKey.id ? dataKey.bytes : undefined),
    signingKeyLocation({ tenantId: row.tenant_id, environment }, row.registration_id),
  );
  return createSecretKey(bytes);
}

async function selectRows(urlTokens: readonly string[], now: Date) {
  const rows = await db.shared.execute<EndpointRow>(sql`
    select * from find_webhook_endpoints(${sql.param(urlTokens)}::text[], ${now.toISOString()}::timestamptz)`);
  return Map.groupBy(rows, (row) => row.url_token);
}

type Lookup = PromiseWithResolvers<IntakeEndpoint | undefined>;

let waiting = new Map<string, Lookup>();
let isLoading = false;

async function loadWaiting(now: Date): Promise<void> {
  const lookups = waiting;
  waiting = new Map();
  const loadedAtMs = performance.now();
  try {
    const rowsByToken = await selectRows([...lookups.keys()], now);
    if (cache.size > maxCached) cache.clear();
    for (const [urlToken, lookup] of lookups) {
      // One endpoint whose key does not open fails alone.
      try {
        const endpoint = toEndpoint(rowsByToken.get(urlToken) ?? [], cache.get(urlToken)?.endpoint);
        if (endpoint) cache.set(urlToken, { endpoint, loadedAtMs });
        else cache.delete(urlToken);
        lookup.resolve(endpoint);
      } catch (error) {
        lookup.reject(error);
      }
    }
  } catch (error) {
    for (const lookup of lookups.values()) lookup.reject(error);
  }
}

/**
 * Loads the endpoint of a URL; undefined for an unknown or removed one. Requests that wait at the same time
 * share one query, so that a flood of invented URLs costs one at a time.
 *
 * @param now which keys have expired by then
 * @throws when the database is unavailable, or a key does not open
 */
export async function loadEndpoint(
  urlToken: string,
  now: Date,
): Promise<IntakeEndpoint | undefined> {
  const lookup: Lookup = waiting.get(urlToken) ?? Promise.withResolvers();
  waiting.set(urlToken, lookup);
  if (!isLoading) {
    isLoading = true;
    void (async () => {
      while (waiting.size > 0) await withTimeLimit(loadWaiting(now)).catch(() => undefined);
      isLoading = false;
    })();
  }
  return lookup.promise;
}
