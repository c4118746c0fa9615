import "server-only";
import { open, seal, type SealingKey } from "../../crypto/secret-box";
import { type PatientIdentity, patientIdentity } from "../../schemas/patients";
import type { TenantContext } from "../../tenancy/context";

/** What a row's sealed patient is bound to: it does not open in another row. */
const identityLocation = (ctx: TenantContext, bulkUploadId: string, rowNumber: number) => ({
  tenantId: ctx.tenantId,
  table: "bulk_rows",
  rowId: `${ctx.environment}/${bulkUploadId}/${rowNumber}`,
  column: "sealed",
});

export function sealIdentity(
  ctx: TenantContext,
  key: SealingKey,
  row: { bulkUploadId: string; rowNumber: number },
  identity: PatientIdentity,
): Buffer {
  const location = identityLocation(ctx, row.bulkUploadId, row.rowNumber);
  return seal(Buffer.from(JSON.stringify(identity)), key, location);
}

/** @throws SecretBoxError when it was altered, moved or sealed with another key */
export function openIdentity(
  ctx: TenantContext,
  key: SealingKey,
  row: { bulkUploadId: string; rowNumber: number; sealed: Buffer },
): PatientIdentity {
  const location = identityLocation(ctx, row.bulkUploadId, row.rowNumber);
  const bytes = open(row.sealed, (id) => (id === key.id ? key.bytes : undefined), location);
  return patientIdentity.parse(JSON.parse(bytes.toString("utf8")));
}
