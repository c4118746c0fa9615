import "server-only";
import { and, desc, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { dataKeys } from "@/db/schema/organisations";
import { credentials } from "@/db/schema/practices";
import { inScope, inTenant, sameScope } from "@/db/scope";
import { openDataKey } from "../../crypto/keys";
import { open, type SealingKey } from "../../crypto/secret-box";
import { fingerprint } from "../../crypto/tokens";
import { ConflictError, InvalidInputError, NotFoundError } from "../../errors";
import { environmentNames } from "../../schemas/environment-names";
import type { Environment } from "../../schemas/environments";
import type { TenantContext } from "../../tenancy/context";

/** The newest one seals and writes fingerprints. */
export type DataKeys = readonly [SealingKey, ...SealingKey[]];

/** What a sealed Hero key is bound to: it does not open in another row, tenant or environment. */
export const keyLocation = (ctx: TenantContext, credentialId: string) => ({
  tenantId: ctx.tenantId,
  table: "credentials",
  rowId: `${ctx.environment}/${credentialId}`,
  column: "sealed_key",
});

/** The tenant's newest data key, opened. */
export async function loadDataKey(tx: Transaction, ctx: TenantContext): Promise<SealingKey> {
  const [newest] = await loadDataKeys(tx, ctx, 1);
  return newest;
}

/** The tenant's data keys, opened, the newest first. What an older one recognises is still recognised. */
export async function loadDataKeys(
  tx: Transaction,
  ctx: TenantContext,
  limit?: number,
): Promise<DataKeys> {
  const query = tx
    .select({ id: dataKeys.id, sealedKey: dataKeys.sealedKey })
    .from(dataKeys)
    .where(inScope(dataKeys, ctx))
    .orderBy(desc(dataKeys.id))
    .$dynamic();
  const [newest, ...older] = await (limit ? query.limit(limit) : query);
  if (!newest) throw new Error("The tenant has no data key.");
  return [
    openDataKey(ctx.tenantId, newest),
    ...older.map((stored) => openDataKey(ctx.tenantId, stored)),
  ];
}

/** Rejects a key that this tenant has in another environment: it was pasted in the wrong place. */
export async function rejectKeyOfOtherEnvironment(
  ctx: TenantContext,
  apiKey: string,
): Promise<void> {
  const [storedKey] = await db.tenant(ctx, (tx) =>
    tx
      .select({ environment: credentials.environment })
      .from(credentials)
      .where(and(inTenant(credentials, ctx), eq(credentials.fingerprint, fingerprint(apiKey)))),
  );
  if (storedKey) rejectOtherEnvironment(ctx, storedKey.environment);
}

export function rejectOtherEnvironment(ctx: TenantContext, environment: Environment): void {
  if (environment === ctx.environment) return;
  const [otherName, currentName] = [environment, ctx.environment].map(
    (name) => environmentNames[name],
  );
  throw new InvalidInputError(
    "apiKey",
    `This key is saved for ${otherName}. Keys of ${otherName} cannot be used in ${currentName}.`,
  );
}

/** The tenant's row of a key, in any environment, locked against deletion of the key. */
export async function lockStoredKey(tx: Transaction, ctx: TenantContext, keyFingerprint: string) {
  const [storedKey] = await tx
    .select({
      id: credentials.id,
      environment: credentials.environment,
      state: credentials.state,
    })
    .from(credentials)
    .where(and(inTenant(credentials, ctx), eq(credentials.fingerprint, keyFingerprint)))
    .for("update");
  return storedKey;
}

/** Opens an existing key for another practice of its network. @throws NotFoundError, ConflictError */
export async function openStoredKey(ctx: TenantContext, credentialId: string): Promise<string> {
  return db.tenant(ctx, async (tx) => {
    const [row] = await tx
      .select({
        sealedKey: credentials.sealedKey,
        state: credentials.state,
        dataKeyId: dataKeys.id,
        sealedDataKey: dataKeys.sealedKey,
      })
      .from(credentials)
      .innerJoin(
        dataKeys,
        and(sameScope(dataKeys, credentials), eq(dataKeys.id, credentials.dataKeyId)),
      )
      .where(and(inScope(credentials, ctx), eq(credentials.id, credentialId)));
    if (!row?.sealedKey) throw new NotFoundError();
    if (row.state !== "working") {
      throw new ConflictError("Hero no longer accepts this key. Replace it first.");
    }
    const dataKey = openDataKey(ctx.tenantId, { id: row.dataKeyId, sealedKey: row.sealedDataKey });
    const location = keyLocation(ctx, credentialId);
    const bytes = open(
      row.sealedKey,
      (id) => (id === dataKey.id ? dataKey.bytes : undefined),
      location,
    );
    return bytes.toString("utf8");
  });
}

/**
 * Locks a key for the rest of the transaction. During the call to Hero its last practice may have been
 * disconnected, which deletes the key.
 * @throws NotFoundError
 */
export async function requireStoredKey(
  tx: Transaction,
  ctx: TenantContext,
  credentialId: string,
): Promise<void> {
  const [storedKey] = await tx
    .select({ state: credentials.state })
    .from(credentials)
    .where(and(inScope(credentials, ctx), eq(credentials.id, credentialId)))
    .for("update");
  if (!storedKey || storedKey.state === "removed") throw new NotFoundError();
}
