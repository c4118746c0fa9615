import "server-only";
import { and, desc, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { dataKeys } from "@/db/schema/organisations";
import { credentials } from "@/db/schema/practices";
import { openDataKey } from "../../crypto/keys";
import { open } from "../../crypto/secret-box";
import { fingerprint } from "../../crypto/tokens";
import { ConflictError, InvalidInputError, NotFoundError } from "../../errors";
import { type Environment, environmentNames } from "../../schemas/environments";
import type { TenantContext } from "../../tenancy/context";
import { keyPlace } from "../hero/access";

/** The tenant's newest data key, opened. */
export async function loadDataKey(tx: Transaction, ctx: TenantContext) {
  const [stored] = await tx
    .select({ id: dataKeys.id, sealedKey: dataKeys.sealedKey })
    .from(dataKeys)
    .where(eq(dataKeys.tenantId, ctx.tenantId))
    .orderBy(desc(dataKeys.id))
    .limit(1);
  if (!stored) throw new Error("The tenant has no data key.");
  return openDataKey(ctx.tenantId, stored);
}

/**
 * Refuses a key that this tenant already holds in another environment: it was pasted in the wrong place
 * (design §7).
 */
export async function refuseForeignKey(ctx: TenantContext, apiKey: string): Promise<void> {
  const [held] = await db.tenant(ctx, (tx) =>
    tx
      .select({ environment: credentials.environment })
      .from(credentials)
      .where(
        and(
          eq(credentials.tenantId, ctx.tenantId),
          eq(credentials.fingerprint, fingerprint(apiKey)),
        ),
      ),
  );
  if (held) refuseOtherEnvironment(ctx, held.environment);
}

export function refuseOtherEnvironment(ctx: TenantContext, environment: Environment): void {
  if (environment === ctx.environment) return;
  const [there, here] = [environment, ctx.environment].map((name) => environmentNames[name]);
  throw new InvalidInputError(
    "apiKey",
    `This key is saved for ${there}. Keys of ${there} cannot be used in ${here}.`,
  );
}

/** The tenant's row of a key, in whichever environment; locked, so that nobody wipes it meanwhile. */
export async function lockHeldKey(tx: Transaction, ctx: TenantContext, keyPrint: string) {
  const [held] = await tx
    .select({
      id: credentials.id,
      environment: credentials.environment,
      state: credentials.state,
    })
    .from(credentials)
    .where(and(eq(credentials.tenantId, ctx.tenantId), eq(credentials.fingerprint, keyPrint)))
    .for("update");
  return held;
}

/** Opens a held key for a further practice of its network. @throws NotFoundError, ConflictError */
export async function openHeldKey(ctx: TenantContext, credentialId: string): Promise<string> {
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
        and(eq(dataKeys.tenantId, credentials.tenantId), eq(dataKeys.id, credentials.dataKeyId)),
      )
      .where(
        and(
          eq(credentials.tenantId, ctx.tenantId),
          eq(credentials.environment, ctx.environment),
          eq(credentials.id, credentialId),
        ),
      );
    if (!row?.sealedKey) throw new NotFoundError();
    if (row.state !== "working") {
      throw new ConflictError("Hero no longer accepts this key. Replace it first.");
    }
    const dataKey = openDataKey(ctx.tenantId, { id: row.dataKeyId, sealedKey: row.sealedDataKey });
    const place = keyPlace(ctx, credentialId);
    const bytes = open(
      row.sealedKey,
      (id) => (id === dataKey.id ? dataKey.bytes : undefined),
      place,
    );
    return bytes.toString("utf8");
  });
}

/**
 * Holds a key for the rest of the transaction. While Hero was asked, its last practice may have been
 * disconnected and the key wiped.
 * @throws NotFoundError
 */
export async function requireHeldKey(
  tx: Transaction,
  ctx: TenantContext,
  credentialId: string,
): Promise<void> {
  const [held] = await tx
    .select({ state: credentials.state })
    .from(credentials)
    .where(
      and(
        eq(credentials.tenantId, ctx.tenantId),
        eq(credentials.environment, ctx.environment),
        eq(credentials.id, credentialId),
      ),
    )
    .for("update");
  if (!held || held.state === "removed") throw new NotFoundError();
}
