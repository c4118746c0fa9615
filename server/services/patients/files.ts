import "server-only";
import { db } from "@/db/client";
import { InvalidInputError } from "../../errors";
import { createAttachmentLink, listPatientAttachments } from "../../hero/attachments";
import { addDays, ukDateOf } from "../../schemas/dates";
import type {
  CreateFileLinkInput,
  FileLinkResult,
  PatientFiles,
  PatientRecordInput,
} from "../../schemas/patient-record";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { callHeroForPractice } from "../hero-calls/call";
import { fetchFromHero } from "../hero-calls/fetch";
import { recordCallsForPractice } from "../hero-calls/record";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { requireAllowedPatient } from "./check";

const validForDays = 7;
const maxUses = 1;

/**
 * The files in a patient's clinical record, read from Hero now. Their names may say something about the
 * patient, so they are shown and not stored.
 *
 * @throws InvalidInputError, PatientNotCheckedError when nothing may be shared of this patient
 * @throws NotFoundError, HeroError
 */
export async function listPatientFiles(
  ctx: TenantContext,
  { practiceId, patientId }: PatientRecordInput,
): Promise<PatientFiles> {
  requirePermission(ctx, "patients.read");
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
  await requireAllowedPatient(ctx, practice, patientId, "share_file");
  const { attachments, isComplete } = await fetchFromHero(ctx, practiceId, (hero) =>
    listPatientAttachments(hero, patientId),
  );
  return { files: attachments, isComplete };
}

/**
 * Creates a link to one file of a patient, for one use within seven days. The request is sent once; its
 * address is shown and not stored, so after a lost reply a link may exist that nobody can open.
 *
 * @throws InvalidInputError on `patientId` when nothing may be shared, on `fileId` unless the patient has it
 * @throws PatientNotCheckedError, NotFoundError, HeroError
 */
export async function createFileLink(
  ctx: TenantContext,
  { practiceId, patientId, fileId }: CreateFileLinkInput,
): Promise<FileLinkResult> {
  requirePermission(ctx, "patients.read");
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
  await requireAllowedPatient(ctx, practice, patientId, "share_file");
  const { attachments } = await fetchFromHero(ctx, practiceId, (hero) =>
    listPatientAttachments(hero, patientId),
  );
  if (!attachments.some(({ id }) => id === fileId)) {
    throw new InvalidInputError("fileId", "This patient has no such file. Reload the list.");
  }
  const expiresOn = addDays(ukDateOf(new Date()), validForDays);
  const outcome = await callHeroForPractice(ctx, practice, (hero) =>
    createAttachmentLink(hero, {
      ehr_file_id: fileId,
      patient_id: patientId,
      expiry_date: expiresOn,
      maximum_use_count: maxUses,
    }),
  );
  const isUnknown = !outcome.ok && outcome.error.writeOutcome === "unknown";
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    if (!outcome.ok && !isUnknown) return;
    const action = isUnknown ? "attachment_link.unknown" : "attachment_link.created";
    const subject = { type: "practice", id: practice.id, label: practice.name } as const;
    await recordAudit(tx, ctx, action, subject, { patientId, fileId, expiresOn, maxUses });
  });
  if (outcome.ok) return { outcome: "created", url: outcome.result.url, expiresOn, maxUses };
  const { message } = outcome.error;
  return isUnknown
    ? {
        outcome: "unknown",
        reason: `${message} A link may exist, but its address was not received. You can create another.`,
      }
    : { outcome: "failed", reason: `${message} No link was created.` };
}
