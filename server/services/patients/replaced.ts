import "server-only";
import { and, eq, isNull } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { replacedPatients } from "@/db/schema/patients";
import { inScope } from "@/db/scope";
import type { TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";

/**
 * Notes that Hero answers a patient ID with another one, or with nothing, because the record was merged.
 * Links and appointments of the ID are held from then on. A second reading adds the ID that remains, if
 * the first did not name it.
 */
export async function recordReplacedPatient(
  tx: Transaction,
  ctx: TenantContext,
  practice: { readonly id: string; readonly name: string },
  { patientId, otherId }: { patientId: string; otherId: string | null },
): Promise<void> {
  const { tenantId, environment } = ctx;
  const inserted = await tx
    .insert(replacedPatients)
    .values({ tenantId, environment, practiceId: practice.id, patientId, replacedBy: otherId })
    .onConflictDoNothing()
    .returning({ patientId: replacedPatients.patientId });
  if (inserted.length > 0) {
    const subject = { type: "practice", id: practice.id, label: practice.name } as const;
    await recordAudit(tx, ctx, "patient.merged_elsewhere", subject, {
      patientId,
      replacedBy: otherId,
    });
    return;
  }
  if (!otherId) return;
  await tx
    .update(replacedPatients)
    .set({ replacedBy: otherId })
    .where(
      and(
        inScope(replacedPatients, ctx),
        eq(replacedPatients.practiceId, practice.id),
        eq(replacedPatients.patientId, patientId),
        isNull(replacedPatients.replacedBy),
      ),
    );
}
