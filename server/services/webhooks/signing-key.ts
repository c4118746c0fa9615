import "server-only";
import { randomBytes } from "node:crypto";
import { and, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { dataKeys } from "@/db/schema/organisations";
import { webhookRegistrations } from "@/db/schema/webhooks";
import { inScope, sameScope } from "@/db/scope";
import { openDataKey } from "../../crypto/keys";
import { open, seal } from "../../crypto/secret-box";
import { NotFoundError } from "../../errors";
import type { TenantContext } from "../../tenancy/context";
import { loadDataKey } from "../practices/stored-key";
import { signingKeyLocation } from "./endpoints";

/** A new random key, as Hero gets it and as it is stored. */
export async function createSigningKey(
  tx: Transaction,
  ctx: TenantContext,
  registrationId: string,
): Promise<{ signingKey: string; sealedKey: Buffer; dataKeyId: string }> {
  const dataKey = await loadDataKey(tx, ctx);
  const signingKey = randomBytes(32).toString("base64url");
  const sealedKey = seal(Buffer.from(signingKey), dataKey, signingKeyLocation(ctx, registrationId));
  return { signingKey, sealedKey, dataKeyId: dataKey.id };
}

/** @throws NotFoundError */
export async function openSigningKey(
  tx: Transaction,
  ctx: TenantContext,
  registrationId: string,
): Promise<string> {
  const [row] = await tx
    .select({
      sealedKey: webhookRegistrations.sealedKey,
      dataKey: { id: dataKeys.id, sealedKey: dataKeys.sealedKey },
    })
    .from(webhookRegistrations)
    .innerJoin(
      dataKeys,
      and(
        sameScope(dataKeys, webhookRegistrations),
        eq(dataKeys.id, webhookRegistrations.dataKeyId),
      ),
    )
    .where(and(inScope(webhookRegistrations, ctx), eq(webhookRegistrations.id, registrationId)));
  if (!row) throw new NotFoundError();
  const dataKey = openDataKey(ctx.tenantId, row.dataKey);
  const location = signingKeyLocation(ctx, registrationId);
  return open(
    row.sealedKey,
    (id) => (id === dataKey.id ? dataKey.bytes : undefined),
    location,
  ).toString("utf8");
}
