import "server-only";
import { randomBytes } from "node:crypto";
import { and, desc, eq, gt, inArray, isNull, or } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { destinations, destinationSecrets } from "@/db/schema/events";
import { inScope } from "@/db/scope";
import { open, seal } from "../../crypto/secret-box";
import { ConflictError, NotFoundError } from "../../errors";
import type {
  DestinationIdInput,
  DestinationSecretInput,
  ShownSecret,
} from "../../schemas/destinations";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { loadDataKey, loadDataKeys } from "../practices/stored-key";
import { getDestinationView } from "./view";

/** For how long the earlier secrets still sign after a rotation. */
const overlapMs = 24 * 60 * 60_000;
/** Each valid secret adds a signature to every request. */
const maxValidSecrets = 5;

const secretLocation = (ctx: TenantContext, secretId: string) => ({
  tenantId: ctx.tenantId,
  table: "destination_secrets",
  rowId: `${ctx.environment}/${secretId}`,
  column: "sealed_secret",
});

/** Stores a new secret and returns it. */
export async function insertSecret(
  tx: Transaction,
  ctx: TenantContext,
  destinationId: string,
  now: Date,
): Promise<string> {
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const dataKey = await loadDataKey(tx, ctx);
  const id = uuidv7();
  await tx.insert(destinationSecrets).values({
    tenantId: ctx.tenantId,
    environment: ctx.environment,
    id,
    destinationId,
    sealedSecret: seal(Buffer.from(secret), dataKey, secretLocation(ctx, id)),
    dataKeyId: dataKey.id,
    createdAt: now,
  });
  return secret;
}

/** The secrets that sign at a time, by destination, the newest first. */
export async function openSecrets(
  tx: Transaction,
  ctx: TenantContext,
  destinationIds: readonly string[],
  now: Date,
): Promise<Map<string, { id: string; secret: string }[]>> {
  const rows = await tx
    .select({
      id: destinationSecrets.id,
      destinationId: destinationSecrets.destinationId,
      sealedSecret: destinationSecrets.sealedSecret,
    })
    .from(destinationSecrets)
    .where(
      and(
        inScope(destinationSecrets, ctx),
        inArray(destinationSecrets.destinationId, [...destinationIds]),
        or(isNull(destinationSecrets.validUntil), gt(destinationSecrets.validUntil, now)),
      ),
    )
    .orderBy(desc(destinationSecrets.createdAt), desc(destinationSecrets.id));
  const dataKeys = await loadDataKeys(tx, ctx);
  const findKey = (id: string) => dataKeys.find((key) => key.id === id)?.bytes;
  const opened = new Map<string, { id: string; secret: string }[]>();
  for (const { id, destinationId, sealedSecret } of rows) {
    const secret = open(sealedSecret, findKey, secretLocation(ctx, id)).toString("utf8");
    opened.set(destinationId, [...(opened.get(destinationId) ?? []), { id, secret }]);
  }
  return opened;
}

/**
 * Adds a secret that signs from now on. The earlier ones sign as well for 24 hours, so that a receiver can
 * change over in its own time; secrets of earlier rotations keep the rest of theirs.
 *
 * @throws NotFoundError
 * @throws ConflictError while five secrets sign
 */
export async function rotateDestinationSecret(
  ctx: TenantContext,
  { destinationId }: DestinationIdInput,
  now = new Date(),
): Promise<ShownSecret> {
  requirePermission(ctx, "webhooks.manage");
  return db.tenant(ctx, async (tx) => {
    const name = await lockDestination(tx, ctx, destinationId);
    const { secrets } = await getDestinationView(tx, ctx, destinationId, now);
    if (secrets.length >= maxValidSecrets) {
      throw new ConflictError(
        `${maxValidSecrets} secrets are valid, which is the limit. Wait until the earliest one expires.`,
      );
    }
    await tx
      .update(destinationSecrets)
      .set({ validUntil: new Date(now.getTime() + overlapMs) })
      .where(
        and(
          inScope(destinationSecrets, ctx),
          eq(destinationSecrets.destinationId, destinationId),
          isNull(destinationSecrets.validUntil),
        ),
      );
    const secret = await insertSecret(tx, ctx, destinationId, now);
    const subject = { type: "destination", id: destinationId, label: name } as const;
    await recordAudit(tx, ctx, "destination.secret_rotated", subject);
    return { secret, view: await getDestinationView(tx, ctx, destinationId, now) };
  });
}

/**
 * Shows a secret that signs, which is audited.
 * @throws NotFoundError also for a secret that has ended
 */
export async function showDestinationSecret(
  ctx: TenantContext,
  { destinationId, secretId }: DestinationSecretInput,
  now = new Date(),
): Promise<ShownSecret> {
  requirePermission(ctx, "webhooks.manage");
  return db.tenant(ctx, async (tx) => {
    const view = await getDestinationView(tx, ctx, destinationId, now);
    const secrets = await openSecrets(tx, ctx, [destinationId], now);
    const found = secrets.get(destinationId)?.find(({ id }) => id === secretId);
    if (!found) throw new NotFoundError();
    const subject = { type: "destination", id: destinationId, label: view.name } as const;
    await recordAudit(tx, ctx, "destination.secret_shown", subject);
    return { secret: found.secret, view };
  });
}

/** Locks a destination until the transaction ends. @returns its name @throws NotFoundError */
export async function lockDestination(
  tx: Transaction,
  ctx: TenantContext,
  destinationId: string,
): Promise<string> {
  const [found] = await tx
    .select({ name: destinations.name })
    .from(destinations)
    .where(
      and(
        inScope(destinations, ctx),
        eq(destinations.id, destinationId),
        isNull(destinations.deletedAt),
      ),
    )
    .for("update");
  if (!found) throw new NotFoundError();
  return found.name;
}
