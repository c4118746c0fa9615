import "server-only";
import { and, count, eq, gte, isNull, ne } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import { links } from "@/db/schema/links";
import { credentials, practices } from "@/db/schema/practices";
import { webhookEndpoints } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { seal } from "../../crypto/secret-box";
import { fingerprint } from "../../crypto/tokens";
import { InvalidInputError, NotFoundError } from "../../errors";
import { ukDateOf } from "../../schemas/dates";
import type {
  PracticeIdInput,
  PracticeView,
  RenamePracticeInput,
  ReplaceKeyInput,
} from "../../schemas/practices";
import type { TenantContext } from "../../tenancy/context";
import { unverifiedPracticeGroupId } from "../../tenancy/ids";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { removeWebhooksOfPractice } from "../webhooks/disconnect";
import { testCandidate } from "./connect";
import { keyLocation, loadDataKey, rejectKeyOfOtherEnvironment } from "./stored-key";
import { testPractice } from "./test-connection";
import { getPracticeView, selectPracticeViews } from "./view";

const connectedPractice = (ctx: TenantContext, practiceId: string) =>
  and(inScope(practices, ctx), eq(practices.id, practiceId), isNull(practices.disconnectedAt));

/** Sets or clears the name this organisation uses for a practice. @throws NotFoundError */
export async function renamePractice(
  ctx: TenantContext,
  input: RenamePracticeInput,
): Promise<PracticeView> {
  requirePermission(ctx, "practices.manage");
  return db.tenant(ctx, async (tx) => {
    const nickname = input.nickname ?? null;
    await tx.update(practices).set({ nickname }).where(connectedPractice(ctx, input.practiceId));
    const view = await getPracticeView(tx, ctx, input.practiceId);
    const subject = { type: "practice", id: view.id, label: view.name } as const;
    await recordAudit(tx, ctx, "practice.renamed", subject, { nickname });
    return view;
  });
}

/**
 * Replaces a key after Hero accepts the new one for the key's own practice (or the first connected
 * practice on it). All practices on the key are tested afterwards.
 *
 * @throws NotFoundError, InvalidInputError on `apiKey`, HeroError; nothing is changed then
 */
export async function replaceKey(
  ctx: TenantContext,
  input: ReplaceKeyInput,
): Promise<PracticeView[]> {
  requirePermission(ctx, "practices.manage");
  await rejectKeyOfOtherEnvironment(ctx, input.apiKey);
  const keyFingerprint = fingerprint(input.apiKey);
  const practicesOnKey = await db.tenant(ctx, (tx) =>
    selectPracticeViews(tx, ctx, eq(practices.credentialId, input.credentialId)),
  );
  const primary = practicesOnKey.find((view) => !view.isNetworkPractice) ?? practicesOnKey[0];
  if (!primary) throw new NotFoundError();
  await testCandidate(ctx, {
    apiKey: input.apiKey,
    practiceGroupId: unverifiedPracticeGroupId(primary.practiceGroupId),
  }).catch((error: unknown) => {
    if (error instanceof InvalidInputError && error.field !== "apiKey") {
      throw new InvalidInputError("apiKey", `This key cannot access ${primary.name}.`);
    }
    throw error;
  });
  const update = db.tenant(ctx, async (tx) => {
    const dataKey = await loadDataKey(tx, ctx);
    const [replaced] = await tx
      .update(credentials)
      .set({
        sealedKey: seal(Buffer.from(input.apiKey), dataKey, keyLocation(ctx, input.credentialId)),
        dataKeyId: dataKey.id,
        fingerprint: keyFingerprint,
        lastFour: input.apiKey.slice(-4),
        state: "working",
        addedAt: new Date(),
        ...(ctx.actor.kind === "person" ? { addedBy: ctx.actor.userId } : {}),
      })
      // During the call its last practice may have been disconnected, which deletes the key.
      .where(
        and(
          inScope(credentials, ctx),
          eq(credentials.id, input.credentialId),
          ne(credentials.state, "removed"),
        ),
      )
      .returning({ id: credentials.id });
    if (!replaced) throw new NotFoundError();
    await recordAudit(tx, ctx, "credential.replaced", {
      type: "credential",
      id: input.credentialId,
      label: primary.name,
    });
  });
  await update.catch((error: unknown) => {
    if (!isUniqueViolation(error)) throw error;
    throw new InvalidInputError("apiKey", "This key is already saved for another practice.");
  });
  return Promise.all(practicesOnKey.map((view) => testPractice(ctx, view.id)));
}

async function countPracticesOnKey(tx: Transaction, ctx: TenantContext, practiceId: string) {
  const view = await getPracticeView(tx, ctx, practiceId);
  const practicesOnKey = await selectPracticeViews(
    tx,
    ctx,
    eq(practices.credentialId, view.credential.id),
  );
  return { view, practicesOnThisKey: practicesOnKey.length };
}

/** What disconnecting affects: live links, which keep working, other practices on the key, and webhooks. */
export async function previewDisconnect(
  ctx: TenantContext,
  input: PracticeIdInput,
): Promise<{ liveLinks: number; practicesOnThisKey: number; webhooks: number }> {
  requirePermission(ctx, "practices.manage");
  return db.tenant(ctx, async (tx) => {
    const { practicesOnThisKey } = await countPracticesOnKey(tx, ctx, input.practiceId);
    const [row] = await tx
      .select({ liveLinks: count() })
      .from(links)
      .where(
        and(
          inScope(links, ctx),
          eq(links.practiceId, input.practiceId),
          ne(links.outcome, "failed"),
          isNull(links.closedAt),
          gte(links.expiresOn, ukDateOf(new Date())),
        ),
      );
    const webhooks = await tx.$count(
      webhookEndpoints,
      and(
        inScope(webhookEndpoints, ctx),
        eq(webhookEndpoints.practiceId, input.practiceId),
        isNull(webhookEndpoints.removedAt),
      ),
    );
    return { liveLinks: row?.liveLinks ?? 0, practicesOnThisKey, webhooks };
  });
}

/**
 * Disconnects a practice. Its links stay in the ledger, and its webhooks are deleted at Hero. With the last
 * practice of a key, the sealed key is deleted.
 *
 * @returns how many webhooks Hero may still have
 * @throws NotFoundError
 */
export async function disconnectPractice(
  ctx: TenantContext,
  input: PracticeIdInput,
): Promise<{ webhooksLeft: number }> {
  requirePermission(ctx, "practices.manage");
  const webhooksLeft = await removeWebhooksOfPractice(ctx, input.practiceId);
  return db.tenant(ctx, async (tx) => {
    const found = await getPracticeView(tx, ctx, input.practiceId);
    // Locked: of the last two practices of a key, the second must see that it is the last.
    await tx
      .select({ id: credentials.id })
      .from(credentials)
      .where(and(inScope(credentials, ctx), eq(credentials.id, found.credential.id)))
      .for("update");
    const { view, practicesOnThisKey } = await countPracticesOnKey(tx, ctx, input.practiceId);
    await tx
      .update(practices)
      .set({ disconnectedAt: new Date(), bookingOptions: null })
      .where(connectedPractice(ctx, input.practiceId));
    if (practicesOnThisKey === 1) {
      await tx
        .update(credentials)
        .set({ state: "removed", sealedKey: null })
        .where(and(inScope(credentials, ctx), eq(credentials.id, view.credential.id)));
    }
    await recordAudit(tx, ctx, "practice.disconnected", {
      type: "practice",
      id: view.id,
      label: view.name,
    });
    return { webhooksLeft };
  });
}
