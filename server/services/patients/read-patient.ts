import "server-only";
import { db, type Transaction } from "@/db/client";
import { NotFoundError } from "../../errors";
import { type PatientReading, readPatient } from "../../hero/patients";
import type { PatientRecordInput } from "../../schemas/patient-record";
import { actorId, type TenantContext } from "../../tenancy/context";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { startLookup } from "./lookup-limit";
import { recordReplacedPatient } from "./replaced";

/**
 * Reads a patient's record for a person's screen, and notes a merge from elsewhere. IDs that match nobody
 * count as look-ups.
 *
 * @param save what to load and audit in the transaction that follows the reading
 * @throws NotFoundError unless this practice has the patient
 * @throws LookupsPausedError after too many look-ups that matched nobody, RateLimitedError
 * @throws HeroError
 */
export async function readPatientForPerson<Result>(
  ctx: TenantContext,
  { practiceId, patientId }: PatientRecordInput,
  save: (
    tx: Transaction,
    practice: PracticeWithKey,
    reading: PatientReading,
  ) => Promise<Result> | Result,
): Promise<Result> {
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
  const lookup = await startLookup(ctx, { practice, personId: actorId(ctx) }, null);
  const outcome = await callHeroForPractice(ctx, practice, (hero) => readPatient(hero, patientId));
  const isUnknownId = !outcome.ok && outcome.error.code === "not_found";
  // Neither needs the other's result.
  const [saved] = await Promise.all([
    db.tenant(ctx, async (tx) => {
      await recordCallsForPractice(tx, ctx, practice, outcome.records);
      if (!outcome.ok) return null;
      const reading = outcome.result;
      if (reading.outcome === "merged_elsewhere") {
        await recordReplacedPatient(tx, ctx, practice, { patientId, otherId: reading.otherId });
      }
      return { result: await save(tx, practice, reading) };
    }),
    lookup.finish(outcome.ok ? "matched" : isUnknownId ? "unmatched" : "unanswered"),
  ]);
  if (isUnknownId) throw new NotFoundError();
  if (!outcome.ok) throw outcome.error;
  if (!saved) throw new Error("A reading without a result.");
  return saved.result;
}
