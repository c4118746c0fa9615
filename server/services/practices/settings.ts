import "server-only";
import { and, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { practices } from "@/db/schema/practices";
import { inScope } from "@/db/scope";
import { fingerprint } from "../../crypto/tokens";
import { ConflictError, RateLimitedError } from "../../errors";
import { HeroError, refusalOf } from "../../hero/errors";
import {
  getConfiguration,
  getPracticeGroup,
  type PracticeGroup,
  updatePracticeGroup,
} from "../../hero/practice";
import type { AuditAction } from "../../schemas/activity";
import {
  type ChangePracticeDetailsInput,
  type PracticeDetailField,
  practiceDetailFields,
  type PracticeDetails,
  type PracticeDetailsResult,
  type PracticeIdInput,
  type PracticeSettings,
  type VersionedPracticeDetails,
} from "../../schemas/practices";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { callHeroForPractice } from "../hero-calls/call";
import { fetchFromHero } from "../hero-calls/fetch";
import { recordCallsForPractice } from "../hero-calls/record";
import { consumeRateLimit, resetRateLimit } from "../rate-limits";
import { loadPracticeWithKey, type PracticeWithKey } from "./load-with-key";

/** Hero may give a blank line as null, as an empty text or not at all. */
const lineOrNull = (text: string | null | undefined) => text?.trim() || null;

function detailsOf({ name, address }: PracticeGroup): VersionedPracticeDetails {
  const details: PracticeDetails = {
    name: name.trim(),
    line1: lineOrNull(address?.line_1),
    line2: lineOrNull(address?.line_2),
    line3: lineOrNull(address?.line_3),
    town: lineOrNull(address?.town),
    county: lineOrNull(address?.county),
    postcode: lineOrNull(address?.postcode),
  };
  const values = practiceDetailFields.map((field) => details[field]);
  return { version: fingerprint(JSON.stringify(values)), ...details };
}

/**
 * A practice's name, address and settings, read from Hero now. Settings that Hero refuses or that cannot be
 * read leave the rest readable.
 *
 * @throws NotFoundError, HeroError
 */
export async function getPracticeSettings(
  ctx: TenantContext,
  input: PracticeIdInput,
): Promise<PracticeSettings> {
  requirePermission(ctx, "practices.read");
  return fetchFromHero(ctx, input.practiceId, async (hero): Promise<PracticeSettings> => {
    const details = detailsOf(await getPracticeGroup(hero));
    try {
      return { details, settings: await getConfiguration(hero), settingsProblem: null };
    } catch (error) {
      if (!(error instanceof HeroError)) throw error;
      return { details, settings: null, settingsProblem: error.message };
    }
  });
}

/**
 * Changes a practice's name and address at Hero: reads it, sends the changed parts once, and reads it again.
 * The result is what Hero's record shows. Nothing is sent when the record is not the version that the person
 * saw.
 *
 * @throws NotFoundError
 * @throws ConflictError while another change of the practice runs
 * @throws HeroError when nothing was changed
 */
export async function changePracticeDetails(
  ctx: TenantContext,
  input: ChangePracticeDetailsInput,
): Promise<PracticeDetailsResult> {
  requirePermission(ctx, "practices.change");
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, input.practiceId));
  // Two changes at once would both find the version they saw, and the later would undo the earlier unseen.
  const key = `${ctx.tenantId}/${ctx.environment}/${practice.id}`;
  await consumeRateLimit("practice-details-change", key).catch((error: unknown) => {
    if (!(error instanceof RateLimitedError)) throw error;
    throw new ConflictError(
      "Someone is changing this practice at Hero now. Nothing was sent. Try again shortly.",
    );
  });
  try {
    return await applyDetails(ctx, practice, input);
  } finally {
    await resetRateLimit("practice-details-change", key);
  }
}

async function applyDetails(
  ctx: TenantContext,
  practice: PracticeWithKey,
  input: ChangePracticeDetailsInput,
): Promise<PracticeDetailsResult> {
  const before = detailsOf(await fetchFromHero(ctx, practice.id, getPracticeGroup));
  if (before.version !== input.version) {
    return { outcome: "changed_since", details: before, notSaved: [] };
  }
  const changed = practiceDetailFields.filter((field) => (input[field] ?? null) !== before[field]);
  if (changed.length === 0) return { outcome: "saved", details: before, notSaved: [] };
  await db.tenant(ctx, (tx) =>
    recordChange(tx, ctx, practice, "practice.settings_change_requested", changed),
  );

  const update = await callHeroForPractice(ctx, practice, (hero) =>
    updatePracticeGroup(hero, {
      ...(changed.includes("name") && { name: input.name }),
      ...(changed.some((field) => field !== "name") && { address: addressOf(input) }),
    }),
  );
  if (!update.ok && update.error.writeOutcome === "no") {
    await db.tenant(ctx, async (tx) => {
      await recordCallsForPractice(tx, ctx, practice, update.records);
      await recordChange(tx, ctx, practice, "practice.settings_change_not_made", changed);
    });
    throw update.error;
  }
  // A status proves nothing: Hero may accept a field and leave it as it was.
  const reading = await callHeroForPractice(ctx, practice, getPracticeGroup);
  return db.tenant(ctx, async (tx): Promise<PracticeDetailsResult> => {
    await recordCallsForPractice(tx, ctx, practice, [...update.records, ...reading.records]);
    if (!reading.ok) {
      await recordChange(tx, ctx, practice, "practice.settings_change_unknown", changed);
      return { outcome: "unknown", details: null, notSaved: [] };
    }
    const details = detailsOf(reading.result);
    // The name on every screen is the one in Hero.
    await tx
      .update(practices)
      .set({ name: details.name })
      .where(and(inScope(practices, ctx), eq(practices.id, practice.id)));
    const notSaved = changed.filter((field) => (input[field] ?? null) !== details[field]);
    const saved = changed.filter((field) => !notSaved.includes(field));
    if (saved.length > 0) {
      await recordChange(tx, ctx, practice, "practice.settings_changed", saved);
    }
    if (notSaved.length === 0) return { outcome: "saved", details, notSaved };
    // Without a reply Hero may still be at work. With a refusal it has finished.
    if (!update.ok && refusalOf(update.error.code) === undefined) {
      await recordChange(tx, ctx, practice, "practice.settings_change_unknown", notSaved);
      return { outcome: "unknown", details, notSaved };
    }
    await recordChange(tx, ctx, practice, "practice.settings_change_not_made", notSaved);
    return { outcome: saved.length > 0 ? "saved_in_part" : "not_saved", details, notSaved };
  });
}

/** All lines: Hero may replace an address as a whole (assumption 52). */
const addressOf = (input: ChangePracticeDetailsInput) => ({
  line_1: input.line1 ?? "",
  line_2: input.line2 ?? "",
  line_3: input.line3 ?? "",
  town: input.town ?? "",
  county: input.county ?? "",
  postcode: input.postcode ?? "",
});

/** Names the fields, not what was in them. */
const recordChange = (
  tx: Transaction,
  ctx: TenantContext,
  practice: PracticeWithKey,
  action: AuditAction,
  fields: readonly PracticeDetailField[],
) =>
  recordAudit(
    tx,
    ctx,
    action,
    { type: "practice", id: practice.id, label: practice.name },
    { fields: fields.join(", ") },
  );
