import "server-only";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "@/db/client";
import { credentials, practices } from "@/db/schema/practices";
import { seal } from "../../crypto/secret-box";
import { fingerprint } from "../../crypto/tokens";
import { ConflictError } from "../../errors";
import { environmentNames } from "../../schemas/environments";
import type { ConnectionReport, PracticeView } from "../../schemas/practices";
import type { TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import { keyPlace } from "../hero/access";
import { loadDataKey, lockHeldKey, refuseOtherEnvironment } from "./held-key";
import { getPracticeView } from "./view";

export async function saveCredential(
  tx: Transaction,
  ctx: TenantContext,
  input: { apiKey: string; practiceGroupId: string },
): Promise<string> {
  const keyPrint = fingerprint(input.apiKey);
  const dataKey = await loadDataKey(tx, ctx);
  const sealedFor = (id: string) => ({
    sealedKey: seal(Buffer.from(input.apiKey), dataKey, keyPlace(ctx, id)),
    dataKeyId: dataKey.id,
    state: "working" as const,
    addedBy: ctx.actor.kind === "person" ? ctx.actor.userId : ctx.tenantId,
    addedAt: new Date(),
    lastUsedAt: new Date(),
  });
  const id = uuidv7();
  const [made] = await tx
    .insert(credentials)
    .values({
      ...sealedFor(id),
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      ownPracticeGroupId: input.practiceGroupId,
      fingerprint: keyPrint,
      lastFour: input.apiKey.slice(-4),
    })
    .onConflictDoNothing({ target: [credentials.tenantId, credentials.fingerprint] })
    .returning({ id: credentials.id });
  const held = made ? undefined : await lockHeldKey(tx, ctx, keyPrint);
  if (held) {
    refuseOtherEnvironment(ctx, held.environment);
    if (held.state === "working") return held.id;
    await tx
      .update(credentials)
      .set(sealedFor(held.id))
      .where(
        and(
          eq(credentials.tenantId, ctx.tenantId),
          eq(credentials.environment, ctx.environment),
          eq(credentials.id, held.id),
        ),
      );
  }
  const credentialId = held?.id ?? id;
  const subject = { type: "credential", id: credentialId, label: null } as const;
  await recordAudit(tx, ctx, "credential.added", subject);
  return credentialId;
}

export async function savePractice(
  tx: Transaction,
  ctx: TenantContext,
  input: { credentialId: string; alias?: string; report: ConnectionReport },
): Promise<PracticeView> {
  const { report } = input;
  const facts = {
    credentialId: input.credentialId,
    name: report.name,
    alias: input.alias ?? null,
    sector: report.sector,
    capabilities: report.capabilities,
    reads: report.reads,
    lastCheckedAt: new Date(),
    lastSuccessAt: new Date(),
    lastFailure: null,
    connectedAt: new Date(),
    disconnectedAt: null,
  };
  const [made] = await tx
    .insert(practices)
    .values({
      ...facts,
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id: uuidv7(),
      practiceGroupId: report.practiceGroupId,
    })
    .onConflictDoNothing()
    .returning({ id: practices.id });
  let id = made?.id;
  if (!id) {
    const isSame = and(
      eq(practices.tenantId, ctx.tenantId),
      eq(practices.environment, ctx.environment),
      eq(practices.practiceGroupId, report.practiceGroupId),
    );
    const [held] = await tx
      .select({ id: practices.id, disconnectedAt: practices.disconnectedAt })
      .from(practices)
      .where(isSame)
      .for("update");
    if (!held?.disconnectedAt) {
      throw new ConflictError(
        `${report.name} is already connected in ${environmentNames[ctx.environment]}. To change its key, open the practice and replace the key.`,
      );
    }
    id = held.id;
    await tx.update(practices).set(facts).where(isSame);
  }
  await recordAudit(
    tx,
    ctx,
    made ? "practice.connected" : "practice.reconnected",
    { type: "practice", id, label: report.name },
    { practiceGroupId: report.practiceGroupId },
  );
  return getPracticeView(tx, ctx, id);
}
