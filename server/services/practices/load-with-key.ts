import "server-only";
import { and, eq, isNull } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { dataKeys } from "@/db/schema/organisations";
import { credentials, practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { openDataKey } from "../../crypto/keys";
import { open } from "../../crypto/secret-box";
import { ConflictError, NotFoundError } from "../../errors";
import type { PracticeGroupId } from "../../hero/practice-group";
import type { Environment } from "../../schemas/environments";
import type { BookingOptions, CapabilityCheck } from "../../schemas/practices";
import type { TenantContext } from "../../tenancy/context";
import { allowedPracticeGroupId } from "../../tenancy/ids";
import { keyLocation } from "./stored-key";

/** A connected practice with everything a call to Hero needs. Never leaves the services. */
export type PracticeWithKey = {
  readonly id: string;
  readonly name: string;
  /** Without the nickname: for texts that leave the organisation. */
  readonly publicName: string;
  readonly practiceGroupId: PracticeGroupId;
  /** Hero's own list, such as `sms_messaging`; empty when it was not read. */
  readonly capabilities: string[];
  readonly capabilityChecks: CapabilityCheck[];
  readonly bookingOptions: BookingOptions | null;
  readonly credential: {
    readonly id: string;
    /** The stored environment; calls to any other are refused. */
    readonly environment: Environment;
    readonly fingerprint: string;
    readonly state: (typeof credentials.$inferSelect)["state"];
    readonly lastUsedAt: Date | null;
  };
  readonly apiKey: string;
  /** When the key was read, as `performance.now()`. */
  readonly loadedAt: number;
};

/**
 * Loads a practice of this tenant and environment and opens its key.
 *
 * @throws NotFoundError unless it is connected
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
      capabilities: practices.capabilities,
      capabilityChecks: practices.capabilityChecks,
      bookingOptions: practices.bookingOptions,
      credential: {
        id: credentials.id,
        environment: credentials.environment,
        fingerprint: credentials.fingerprint,
        state: credentials.state,
        lastUsedAt: credentials.lastUsedAt,
      },
      sealedKey: credentials.sealedKey,
      dataKey: { id: dataKeys.id, sealedKey: dataKeys.sealedKey },
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
  const { sealedKey, credential, capabilities, capabilityChecks, bookingOptions } = row;
  if (!sealedKey) throw new ConflictError("This practice has no API key. Connect it again.");
  const dataKey = openDataKey(ctx.tenantId, row.dataKey);
  const apiKey = open(
    sealedKey,
    (id) => (id === dataKey.id ? dataKey.bytes : undefined),
    keyLocation(ctx, credential.id),
  );
  return {
    id: row.id,
    name: row.nickname ?? row.name,
    publicName: row.name,
    practiceGroupId: allowedPracticeGroupId(row),
    capabilities,
    capabilityChecks,
    bookingOptions,
    credential,
    apiKey: apiKey.toString("utf8"),
    loadedAt: performance.now(),
  };
}
