import "server-only";
import { z } from "zod";
import { open, seal, type SealingKey } from "../../crypto/secret-box";
import { patientDetails, patientIdentity } from "../../schemas/patients";
import type { TenantContext } from "../../tenancy/context";

/** What a row's sealed patient is bound to: it does not open in another row. */
const identityLocation = (ctx: TenantContext, bulkUploadId: string, rowNumber: number) => ({
  tenantId: ctx.tenantId,
  table: "bulk_rows",
  rowId: `${ctx.environment}/${bulkUploadId}/${rowNumber}`,
  column: "sealed",
});

export const rowPatient = z.object({
  identity: patientIdentity.optional(),
  patientId: z.string().optional(),
  otherDetails: patientDetails.optional(),
});
/** What a row says of its patient. */
export type RowPatient = z.infer<typeof rowPatient>;

/** Rows that were sealed before a row could have more hold only the identity. */
const sealedPatient = z.union([
  patientIdentity.transform((identity): RowPatient => ({ identity })),
  rowPatient,
]);

export function sealPatient(
  ctx: TenantContext,
  key: SealingKey,
  row: { bulkUploadId: string; rowNumber: number },
  patient: RowPatient,
): Buffer {
  const location = identityLocation(ctx, row.bulkUploadId, row.rowNumber);
  return seal(Buffer.from(JSON.stringify(patient)), key, location);
}

/** @throws SecretBoxError when it was altered, moved or sealed with another key */
export function openPatient(
  ctx: TenantContext,
  key: SealingKey,
  row: { bulkUploadId: string; rowNumber: number; sealed: Buffer },
): RowPatient {
  const location = identityLocation(ctx, row.bulkUploadId, row.rowNumber);
  const bytes = open(row.sealed, (id) => (id === key.id ? key.bytes : undefined), location);
  return sealedPatient.parse(JSON.parse(bytes.toString("utf8")));
}
