import "server-only";
import { and, asc, eq, isNull, type SQL } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { credentials, practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import { type HeroCapability, heroCapabilities } from "../../schemas/hero-capabilities";
import type { CapabilityCheck, PracticeView } from "../../schemas/practices";
import type { TenantContext } from "../../tenancy/context";

const toIsoString = (date: Date | null) => date?.toISOString() ?? null;

const linkCapabilities: readonly HeroCapability[] = [
  "booking_links",
  "booking_link_creation",
  "booking_link_changes",
];

/** Why the practice's booking links do not all work, from its checks and from real calls. */
function missingLinkCapability(checks: readonly CapabilityCheck[]): string | null {
  const missing = checks.find(
    ({ capability, isAvailable }) => !isAvailable && linkCapabilities.includes(capability),
  );
  return missing ? `${heroCapabilities[missing.capability].name}: ${missing.reason ?? ""}` : null;
}

/** Connected practices of this tenant and environment as people see them, without sealed columns. */
export async function selectPracticeViews(
  tx: Transaction,
  ctx: TenantContext,
  where?: SQL,
): Promise<PracticeView[]> {
  const rows = await tx
    .select({
      id: practices.id,
      practiceGroupId: practices.practiceGroupId,
      name: practices.name,
      nickname: practices.nickname,
      sector: practices.sector,
      capabilities: practices.capabilities,
      capabilityChecks: practices.capabilityChecks,
      lastCheckedAt: practices.lastCheckedAt,
      lastSuccessAt: practices.lastSuccessAt,
      lastFailure: practices.lastFailure,
      connectedAt: practices.connectedAt,
      credentialId: credentials.id,
      lastFour: credentials.lastFour,
      fingerprint: credentials.fingerprint,
      state: credentials.state,
      addedBy: users.name,
      addedAt: credentials.addedAt,
      lastUsedAt: credentials.lastUsedAt,
      ownPracticeGroupId: credentials.ownPracticeGroupId,
    })
    .from(practices)
    .innerJoin(
      credentials,
      and(sameScope(credentials, practices), eq(credentials.id, practices.credentialId)),
    )
    .leftJoin(users, eq(users.id, credentials.addedBy))
    .where(and(inScope(practices, ctx), isNull(practices.disconnectedAt), where))
    .orderBy(asc(practices.name), asc(practices.id));
  return rows.map((row) => {
    const needsNewKey = row.state !== "working";
    const missing = missingLinkCapability(row.capabilityChecks);
    return {
      id: row.id,
      practiceGroupId: row.practiceGroupId,
      name: row.name,
      nickname: row.nickname,
      sector: row.sector,
      capabilities: row.capabilities,
      capabilityChecks: row.capabilityChecks,
      health: needsNewKey
        ? "needs_new_key"
        : row.lastFailure
          ? "failing"
          : missing
            ? "limited"
            : "working",
      healthReason: needsNewKey
        ? "Hero no longer accepts this key. Ask the practice for a new one and replace it here."
        : (row.lastFailure ?? missing),
      lastCheckedAt: toIsoString(row.lastCheckedAt),
      lastSuccessAt: toIsoString(row.lastSuccessAt),
      connectedAt: row.connectedAt.toISOString(),
      isNetworkPractice: row.practiceGroupId !== row.ownPracticeGroupId,
      credential: {
        id: row.credentialId,
        lastFour: row.lastFour,
        // Enough to compare by eye; the full one is for the unique index.
        fingerprint: row.fingerprint.slice(0, 16),
        state: needsNewKey ? "needs_new_key" : "working",
        addedBy: row.addedBy ?? "Unknown",
        addedAt: row.addedAt.toISOString(),
        lastUsedAt: toIsoString(row.lastUsedAt),
        ownPracticeGroupId: row.ownPracticeGroupId,
      },
    };
  });
}

/** @throws NotFoundError */
export async function getPracticeView(
  tx: Transaction,
  ctx: TenantContext,
  practiceId: string,
): Promise<PracticeView> {
  const [view] = await selectPracticeViews(tx, ctx, eq(practices.id, practiceId));
  if (!view) throw new NotFoundError();
  return view;
}
