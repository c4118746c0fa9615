import "server-only";
import { and, desc, eq, gt, inArray, isNull, ne, or } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { appointments } from "@/db/schema/appointments";
import { links } from "@/db/schema/links";
import { messages } from "@/db/schema/messages";
import { linkAppointments } from "@/db/schema/webhooks";
import { inScope, sameScope } from "@/db/scope";
import { keyedFingerprint } from "../../crypto/keyed-fingerprint";
import type { SealingKey } from "../../crypto/secret-box";
import type { HeroPatient } from "../../hero/patients";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { selectLinkViews } from "../links/view";
import {
  type Assessment,
  assessMessage,
  isWorkingLink,
  loadMessageFacts,
  type MessageFacts,
} from "../messages/assess";
import { fingerprintOf } from "../messages/preview";
import type { PatientCheck } from "../patients/check";
import type { PracticeWithKey } from "../practices/load-with-key";
import { type BatchContent, draftOfRecipient } from "./content";
import type { MessageBatchRow, RecipientRow } from "./load";

/** Why a recipient gets no message. The sentence is shown in results; the review counts them by code. */
export type Exclusion = { code: string; reason: string };

/** What the check of a recipient has found, for its row. */
export type RecipientAssessment =
  | ({ outcome: "excluded"; linkId: string | null } & Exclusion)
  | {
      outcome: "included";
      linkId: string | null;
      columns: Pick<
        RecipientRow,
        | "previewFingerprint"
        | "contactHash"
        | "textLength"
        | "smsParts"
        | "lowestPence"
        | "highestPence"
        | "hasRecentMessage"
      >;
    };

const dayMs = 24 * 3_600_000;
/** What the review warns of, whatever the organisation leaves out. */
const warnedDays = 7;

/**
 * Whether a recipient that Hero knows gets the message of a batch, and which. It is assessed as a single
 * message is; what a person could confirm for one patient excludes a recipient here.
 */
export async function assessRecipient(
  tx: Transaction,
  ctx: TenantContext,
  {
    batch,
    content,
    key,
    practice,
  }: { batch: MessageBatchRow; content: BatchContent; key: SealingKey; practice: PracticeWithKey },
  recipient: { patientId: string } & Pick<RecipientRow, "linkId">,
  check: Exclude<PatientCheck, { outcome: "could_not_be_checked" }>,
  now: Date,
): Promise<RecipientAssessment> {
  const { patientId } = recipient;
  const exclude = (exclusion: Exclusion, linkId = recipient.linkId): RecipientAssessment => ({
    outcome: "excluded",
    linkId,
    ...exclusion,
  });
  if (check.outcome !== "allowed") {
    return exclude({ code: codeOfRefusal(check.patient), reason: check.reason });
  }
  const own =
    batch.link === "own" && recipient.linkId === null
      ? await findOwnLink(tx, ctx, batch.practiceId, patientId)
      : { linkId: recipient.linkId };
  if ("reason" in own) return exclude(own);
  const { linkId } = own;
  const draft = draftOfRecipient(batch, content, { patientId, linkId });
  const facts = await loadMessageFacts(tx, ctx, draft);
  const assessment = assessMessage(draft, practice, check, facts, now);
  const settled =
    (await findBooking(tx, ctx, batch, patientId, facts.link, now)) ??
    findExclusion(draft, assessment, facts);
  if (settled) return exclude(settled, linkId);
  const { recentDays } = facts.settings;
  const lastSentAt =
    batch.channel === "note" ? null : await findLastMessage(tx, ctx, batch, patientId, now);
  const isWithin = (days: number) =>
    lastSentAt !== null && lastSentAt.getTime() > now.getTime() - days * dayMs;
  if (batch.correctsBatchId === null && recentDays > 0 && isWithin(recentDays)) {
    return exclude(
      {
        code: "recent_message",
        reason:
          recentDays === 1
            ? "This patient had a message within the last day."
            : `This patient had a message within the last ${recentDays} days.`,
      },
      linkId,
    );
  }
  const { text, contact, fallbackContact, smsParts, cost } = assessment;
  const address = contact ?? fallbackContact;
  return {
    outcome: "included",
    linkId,
    columns: {
      previewFingerprint: fingerprintOf(key, assessment),
      contactHash: address && keyedFingerprint(key, "message batch contact", address.toLowerCase()),
      textLength: [...text].length,
      smsParts,
      lowestPence: cost?.lowestPence ?? null,
      highestPence: cost?.highestPence ?? null,
      hasRecentMessage: isWithin(warnedDays),
    },
  };
}

function codeOfRefusal(patient: HeroPatient | null): string {
  if (!patient) return "merged";
  if (patient.deceased_at) return "died";
  if (patient.status === "archived") return "archived";
  return patient.restricted ? "restricted" : "refused";
}

/** Warnings that a person decides about, one patient at a time. */
const excludingWarnings: Record<string, string | undefined> = {
  under_16:
    "This patient is under 16. A parent may read the message. Decide about it alone: send a single message.",
  age_unknown:
    "Hero's record has no date of birth, so this patient may be under 16. Decide about it alone: send a single message.",
};

function findExclusion(
  draft: ReturnType<typeof draftOfRecipient>,
  { refusal, channels, warnings }: Assessment,
  { isSensitive, link }: MessageFacts,
): Exclusion | null {
  const used = channels.filter(
    ({ channel }) => channel === draft.channel || channel === draft.fallbackChannel,
  );
  if (refusal !== null) {
    const usesContact = used.some(({ channel }) => channel === "sms" || channel === "email");
    if (isSensitive && usesContact) {
      return {
        code: "sensitive_contact",
        reason:
          "This patient's contact is marked as sensitive, and the NHS App without a fallback is the only way.",
      };
    }
    if (used.some(({ isAvailable }) => !isAvailable)) return { code: "contact", reason: refusal };
    const isOfLink =
      link !== null &&
      (link.isHeld ||
        !isWorkingLink(link) ||
        (link.patientId !== null && link.patientId !== draft.patientId) ||
        link.practice.id !== draft.practiceId);
    return { code: isOfLink ? "link" : "text", reason: refusal };
  }
  for (const { code } of warnings) {
    const reason = excludingWarnings[code];
    if (reason) return { code, reason };
  }
  return null;
}

/** The patient's only working link at the practice. Of several, a person must say which. */
async function findOwnLink(
  tx: Transaction,
  ctx: TenantContext,
  practiceId: string,
  patientId: string,
): Promise<{ linkId: string } | Exclusion> {
  const own = await selectLinkViews(tx, ctx, {
    where: and(
      eq(links.practiceId, practiceId),
      eq(links.patientId, patientId),
      eq(links.outcome, "active"),
      isNull(links.closedAt),
    ),
    limit: 20,
  });
  const working = own.filter((link) => isWorkingLink(link) && !link.isHeld);
  const [only, another] = working;
  if (another) {
    return {
      code: "several_links",
      reason: "This patient has several links that work. Send a single message with one of them.",
    };
  }
  if (only) return { linkId: only.id };
  return own.some(({ state }) => state === "booked")
    ? alreadyBooked
    : { code: "no_link", reason: "This patient has no personal link that works." };
}

const alreadyBooked: Exclusion = {
  code: "already_booked",
  reason: "This patient has already booked.",
};

/** Whether the patient needs no invite: a booking by the link, or one of the same appointment type to come. */
export async function findBooking(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId }: Pick<MessageBatchRow, "practiceId">,
  patientId: string,
  link: LinkView | null,
  now: Date,
): Promise<Exclusion | null> {
  if (!link || link.kind !== "booking") return null;
  if (link.state === "booked") return alreadyBooked;
  const appointmentTypeId = link.appointmentType?.id;
  if (!appointmentTypeId) return null;
  const [byLink] = await tx
    .select({ linkId: linkAppointments.linkId })
    .from(linkAppointments)
    .innerJoin(
      links,
      and(sameScope(links, linkAppointments), eq(links.id, linkAppointments.linkId)),
    )
    .where(
      and(
        inScope(linkAppointments, ctx),
        eq(links.practiceId, practiceId),
        eq(links.patientId, patientId),
        eq(links.appointmentTypeId, appointmentTypeId),
        eq(linkAppointments.state, "booked"),
        gt(linkAppointments.startsAt, now),
      ),
    )
    .limit(1);
  if (byLink) return alreadyBooked;
  const [byStaff] = await tx
    .select({ id: appointments.id })
    .from(appointments)
    .where(
      and(
        inScope(appointments, ctx),
        eq(appointments.practiceId, practiceId),
        eq(appointments.patientId, patientId),
        eq(appointments.appointmentTypeId, appointmentTypeId),
        eq(appointments.state, "booked"),
        gt(appointments.startsAt, now),
      ),
    )
    .limit(1);
  return byStaff ? alreadyBooked : null;
}

/** When the patient's last message left, or is to leave. Of notes nobody hears. */
async function findLastMessage(
  tx: Transaction,
  ctx: TenantContext,
  batch: MessageBatchRow,
  patientId: string,
  now: Date,
): Promise<Date | null> {
  const maxDays = 31;
  const [last] = await tx
    .select({ sendAt: messages.sendAt })
    .from(messages)
    .where(
      and(
        inScope(messages, ctx),
        eq(messages.practiceId, batch.practiceId),
        eq(messages.patientId, patientId),
        inArray(messages.state, ["scheduled", "sending", "sent", "delivered", "opened", "unknown"]),
        ne(messages.channel, "note"),
        gt(messages.sendAt, new Date(now.getTime() - maxDays * dayMs)),
        or(isNull(messages.batchId), ne(messages.batchId, batch.id)),
      ),
    )
    .orderBy(desc(messages.sendAt))
    .limit(1);
  return last?.sendAt ?? null;
}
