import "server-only";
import { open, seal, type SealingKey } from "../../crypto/secret-box";
import type { TenantContext } from "../../tenancy/context";
import { rowPatient, type RowPatient } from "../bulk-uploads/identity";

type RecipientKey = { batchId: string; rowNumber: number };

/** What a row's sealed patient is bound to: it does not open in another row. */
const identityLocation = (ctx: TenantContext, { batchId, rowNumber }: RecipientKey) => ({
  tenantId: ctx.tenantId,
  table: "message_recipients",
  rowId: `${ctx.environment}/${batchId}/${rowNumber}`,
  column: "sealed",
});

export const sealRecipient = (
  ctx: TenantContext,
  key: SealingKey,
  row: RecipientKey,
  patient: RowPatient,
): Buffer => seal(Buffer.from(JSON.stringify(patient)), key, identityLocation(ctx, row));

/** @throws SecretBoxError when it was altered, moved or sealed with another key */
export function openRecipient(
  ctx: TenantContext,
  key: SealingKey,
  row: RecipientKey & { sealed: Buffer },
): RowPatient {
  const bytes = open(
    row.sealed,
    (id) => (id === key.id ? key.bytes : undefined),
    identityLocation(ctx, row),
  );
  return rowPatient.parse(JSON.parse(bytes.toString("utf8")));
}
