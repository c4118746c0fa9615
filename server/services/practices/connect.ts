import "server-only";
import { and, desc, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { dataKeys } from "@/db/schema/organisations";
import { credentials, practices } from "@/db/schema/practices";
import { openDataKey } from "../../crypto/keys";
import { open, seal } from "../../crypto/secret-box";
import { fingerprint } from "../../crypto/tokens";
import { ConflictError, InvalidInputError, NotFoundError } from "../../errors";
import type { PracticeGroupId } from "../../hero/practice-group";
import { type Environment, environmentNames } from "../../schemas/environments";
import type {
  ConnectionReport,
  ConnectNetworkPracticeInput,
  ConnectPracticeInput,
  PracticeView,
  VerifyNetworkPracticeInput,
  VerifyPracticeInput,
} from "../../schemas/practices";
import type { TenantContext } from "../../tenancy/context";
import { practiceGroupIdUnderTest } from "../../tenancy/ids";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { callHero, keyPlace, recordHeroCalls } from "../hero/access";
import { explainRefusal, testConnection } from "./report";
import { getPracticeView } from "./view";

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

function refuseOtherEnvironment(ctx: TenantContext, environment: Environment): void {
  if (environment === ctx.environment) return;
  const [there, here] = [environment, ctx.environment].map((name) => environmentNames[name]);
  throw new InvalidInputError(
    "apiKey",
    `This key is saved for ${there}. Keys of ${there} cannot be used in ${here}.`,
  );
}

type Candidate = { apiKey: string; practiceGroupId: PracticeGroupId };

/** Tries a pair against Hero and leaves the request log. @throws InvalidInputError, HeroError */
export async function tryCandidate(
  ctx: TenantContext,
  candidate: Candidate,
): Promise<ConnectionReport> {
  const outcome = await callHero(
    {
      ...candidate,
      environment: ctx.environment,
      keyEnvironment: ctx.environment,
      fingerprint: fingerprint(candidate.apiKey),
    },
    testConnection,
  );
  await db.tenant(ctx, (tx) => recordHeroCalls(tx, ctx, outcome.records));
  if (!outcome.ok) throw explainRefusal(outcome.error, ctx.environment);
  return outcome.result;
}

/** Tries a key and practice group id; saves nothing but the request log. */
export async function verifyPractice(
  ctx: TenantContext,
  input: VerifyPracticeInput,
): Promise<ConnectionReport> {
  requirePermission(ctx, "practices.manage");
  await refuseForeignKey(ctx, input.apiKey);
  return tryCandidate(ctx, {
    apiKey: input.apiKey,
    practiceGroupId: practiceGroupIdUnderTest(input.practiceGroupId),
  });
}

/** The tenant's row of a key, in whichever environment; locked, so that nobody wipes it meanwhile. */
async function lockHeldKey(tx: Transaction, ctx: TenantContext, keyPrint: string) {
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

async function saveCredential(
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

async function savePractice(
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

/**
 * Tries the pair again and, if Hero accepts it, saves key and practice together.
 *
 * @throws InvalidInputError with the refused field
 * @throws ConflictError when the practice is already connected in this environment
 * @throws HeroError when Hero cannot answer; nothing is saved then
 */
export async function connectPractice(
  ctx: TenantContext,
  input: ConnectPracticeInput,
): Promise<PracticeView> {
  const report = await verifyPractice(ctx, input);
  return db.tenant(ctx, async (tx) => {
    const credentialId = await saveCredential(tx, ctx, input);
    return savePractice(tx, ctx, { credentialId, alias: input.alias, report });
  });
}

/** Opens a held key for a further practice of its network. @throws NotFoundError, ConflictError */
async function openHeldKey(ctx: TenantContext, credentialId: string): Promise<string> {
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

/** Tries whether a held key reaches a further practice of its Hero network (guide §4). */
export async function verifyNetworkPractice(
  ctx: TenantContext,
  input: VerifyNetworkPracticeInput,
): Promise<ConnectionReport> {
  requirePermission(ctx, "practices.manage");
  const apiKey = await openHeldKey(ctx, input.credentialId);
  const practiceGroupId = practiceGroupIdUnderTest(input.practiceGroupId);
  return tryCandidate(ctx, { apiKey, practiceGroupId });
}

/** As `connectPractice`, with a key that is already held. */
export async function connectNetworkPractice(
  ctx: TenantContext,
  input: ConnectNetworkPracticeInput,
): Promise<PracticeView> {
  const report = await verifyNetworkPractice(ctx, input);
  const { credentialId, alias } = input;
  return db.tenant(ctx, async (tx) => {
    // Its last practice may have been disconnected, and the key wiped, while Hero was asked.
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
    return savePractice(tx, ctx, { credentialId, alias, report });
  });
}
