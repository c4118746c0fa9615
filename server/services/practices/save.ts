import "server-only";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "@/db/client";
import { credentials, practices } from "@/db/schema/practices";
import { inScope } from "@/db/scope";
import { seal } from "../../crypto/secret-box";
import { fingerprint } from "../../crypto/tokens";
import { ConflictError } from "../../errors";
import { environmentNames } from "../../schemas/environment-names";
import type { ConnectionReport, PracticeView } from "../../schemas/practices";
import type { TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import { keyLocation, loadDataKey, lockStoredKey, rejectOtherEnvironment } from "./stored-key";
import { getPracticeView } from "./view";

export async function saveCredential(
  tx: Transaction,
  ctx: TenantContext,
  input: { apiKey: string; practiceGroupId: string },
): Promise<string> {
  const keyFingerprint = fingerprint(input.apiKey);
  const dataKey = await loadDataKey(tx, ctx);
  const sealedFields = (id: string) => ({
    sealedKey: seal(Buffer.from(input.apiKey), dataKey, keyLocation(ctx, id)),
    dataKeyId: dataKey.id,
    state: "working" as const,
    addedBy: ctx.actor.kind === "person" ? ctx.actor.userId : ctx.tenantId,
    addedAt: new Date(),
    lastUsedAt: new Date(),
  });
  const id = uuidv7();
  const [inserted] = await tx
    .insert(credentials)
    .values({
      ...sealedFields(id),
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      ownPracticeGroupId: input.practiceGroupId,
      fingerprint: keyFingerprint,
      lastFour: input.apiKey.slice(-4),
    })
    .onConflictDoNothing({ target: [credentials.tenantId, credentials.fingerprint] })
    .returning({ id: credentials.id });
  const storedKey = inserted ? undefined : await lockStoredKey(tx, ctx, keyFingerprint);
  if (storedKey) {
    rejectOtherEnvironment(ctx, storedKey.environment);
    if (storedKey.state === "working") return storedKey.id;
    await tx
      .update(credentials)
      .set(sealedFields(storedKey.id))
      .where(and(inScope(credentials, ctx), eq(credentials.id, storedKey.id)));
  }
  const credentialId = storedKey?.id ?? id;
  const subject = { type: "credential", id: credentialId, label: null } as const;
  await recordAudit(tx, ctx, "credential.added", subject);
  return credentialId;
}

export async function savePractice(
  tx: Transaction,
  ctx: TenantContext,
  input: { credentialId: string; nickname?: string; report: ConnectionReport },
): Promise<PracticeView> {
  const { report } = input;
  const fields = {
    credentialId: input.credentialId,
    name: report.name,
    nickname: input.nickname ?? null,
    sector: report.sector,
    capabilities: report.capabilities,
    capabilityChecks: report.capabilityChecks,
    lastCheckedAt: new Date(),
    lastSuccessAt: new Date(),
    lastFailure: null,
    connectedAt: new Date(),
    disconnectedAt: null,
  };
  const [inserted] = await tx
    .insert(practices)
    .values({
      ...fields,
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id: uuidv7(),
      practiceGroupId: report.practiceGroupId,
    })
    .onConflictDoNothing()
    .returning({ id: practices.id });
  let id = inserted?.id;
  if (!id) {
    const samePractice = and(
      inScope(practices, ctx),
      eq(practices.practiceGroupId, report.practiceGroupId),
    );
    const [existing] = await tx
      .select({ id: practices.id, disconnectedAt: practices.disconnectedAt })
      .from(practices)
      .where(samePractice)
      .for("update");
    if (!existing?.disconnectedAt) {
      throw new ConflictError(
        `${report.name} is already connected in ${environmentNames[ctx.environment]}. To change its key, open the practice and replace the key.`,
      );
    }
    id = existing.id;
    await tx.update(practices).set(fields).where(samePractice);
  }
  await recordAudit(
    tx,
    ctx,
    inserted ? "practice.connected" : "practice.reconnected",
    { type: "practice", id, label: report.name },
    { practiceGroupId: report.practiceGroupId },
  );
  return getPracticeView(tx, ctx, id);
}
