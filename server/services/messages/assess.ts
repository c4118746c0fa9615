import "server-only";
import { and, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { sensitiveContacts } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import type { HeroPatient } from "../../hero/patients";
import { email } from "../../schemas/account";
import { ukDateOf } from "../../schemas/dates";
import { heroCapabilities, type HeroCapability } from "../../schemas/hero-capabilities";
import type { LinkState, LinkView } from "../../schemas/links/view";
import { messageCost } from "../../schemas/message-cost";
import { renderMessage } from "../../schemas/message-text";
import {
  type FallbackChannel,
  type MessageChannel,
  messageChannels,
  type MessagePreview,
  type MessageSettings,
  type MessageWarning,
  type PreviewMessageInput,
} from "../../schemas/messages";
import { maskEmail, maskMobile } from "../../schemas/patient-mask";
import { parseMobile } from "../../schemas/phone-numbers";
import { countSmsParts } from "../../schemas/sms-parts";
import type { TenantContext } from "../../tenancy/context";
import { getLinkView } from "../links/view";
import { type PatientCheck, toDateOfBirth } from "../patients/check";
import type { PracticeWithKey } from "../practices/load-with-key";
import { type AttachmentFacts, loadAttachmentFacts } from "./attachments";
import { loadMessageSettings } from "./settings";

export type MessageDraft = PreviewMessageInput;

/** What the database says of a message that is to be sent. */
export type MessageFacts = {
  link: LinkView | null;
  /** Absent for a message that cannot have one. */
  attachment?: AttachmentFacts | null;
  isSensitive: boolean;
  settings: MessageSettings;
};

/** @throws NotFoundError for a link or file of another tenant or environment */
export async function loadMessageFacts(
  tx: Transaction,
  ctx: TenantContext,
  {
    practiceId,
    patientId,
    linkId,
    attachmentId,
  }: Pick<MessageDraft, "practiceId" | "patientId" | "linkId" | "attachmentId">,
): Promise<MessageFacts> {
  const [sensitive] = await tx
    .select({ patientId: sensitiveContacts.patientId })
    .from(sensitiveContacts)
    .where(
      and(
        inScope(sensitiveContacts, ctx),
        eq(sensitiveContacts.practiceId, practiceId),
        eq(sensitiveContacts.patientId, patientId),
      ),
    );
  return {
    link: linkId === null ? null : await getLinkView(tx, ctx, linkId),
    attachment: attachmentId ? await loadAttachmentFacts(tx, ctx, attachmentId) : null,
    isSensitive: sensitive !== undefined,
    settings: await loadMessageSettings(tx, ctx),
  };
}

type ChannelAssessment = MessagePreview["channels"][number] & {
  /** Where it goes, not masked; null for the NHS App and a note. */
  address: string | null;
  isIsland: boolean;
};

export type Assessment = Pick<
  MessagePreview,
  "channels" | "cost" | "warnings" | "refusal" | "isSensitiveContact"
> & {
  /** Of a message that is not refused: what is sent, and where. */
  text: string;
  contact: string | null;
  fallbackContact: string | null;
  smsParts: number | null;
  /** Hero's ID of the file that goes with it. */
  attachmentUuid: string | null;
  /** What its fingerprint covers: the message as reviewed, and where the record says that it should go. */
  reviewed: unknown;
};

/**
 * The only decision whether a message may be sent, and what it then is: taken for the review, again when it
 * is requested, and again when it is sent, each time from what Hero and the database say then. Pure.
 */
export function assessMessage(
  draft: MessageDraft,
  practice: Pick<PracticeWithKey, "id" | "publicName" | "capabilities" | "capabilityChecks">,
  check: Exclude<PatientCheck, { outcome: "could_not_be_checked" }>,
  facts: MessageFacts,
  now = new Date(),
): Assessment {
  const { patient } = check;
  const rendered = renderAll(draft, practice, patient, facts.link);
  const channels = messageChannels.map((channel) =>
    assessChannel(channel, draft, practice, patient, facts, rendered[channel]),
  );
  const of = (channel: MessageChannel | null) =>
    channels.find((assessed) => assessed.channel === channel);
  const main = of(draft.channel);
  const fallback = of(draft.fallbackChannel);
  const refusal =
    (check.outcome === "allowed" ? null : check.reason) ??
    combinationProblem(draft) ??
    main?.reason ??
    (fallback?.reason ? `The fallback cannot be used. ${fallback.reason}` : null) ??
    linkProblem(draft, practice, facts.link) ??
    attachmentProblem(draft, practice, facts.attachment ?? null) ??
    reasonOf(rendered[draft.channel]) ??
    (draft.fallbackChannel && reasonOf(rendered[draft.fallbackChannel]));
  const smsParts = main?.smsParts ?? fallback?.smsParts ?? null;
  const usesSms = draft.channel === "sms" || draft.fallbackChannel === "sms";
  return {
    channels: channels.map(({ address: _address, isIsland: _isIsland, ...shown }) => shown),
    cost: messageCost({
      channel: draft.channel,
      fallbackChannel: draft.fallbackChannel,
      smsParts: usesSms ? smsParts : null,
      isIsland: of("sms")?.isIsland ?? false,
      tariff: facts.settings,
    }),
    warnings: listWarnings(draft, patient, rendered[draft.channel], now),
    isSensitiveContact: facts.isSensitive,
    refusal,
    text: main?.text ?? "",
    contact: main?.address ?? null,
    fallbackContact: fallback?.address ?? null,
    smsParts: usesSms ? smsParts : null,
    attachmentUuid: facts.attachment?.heroUuid ?? null,
    reviewed: {
      practiceId: practice.id,
      patientId: draft.patientId,
      channel: draft.channel,
      fallbackChannel: draft.fallbackChannel,
      text: main?.text ?? null,
      contact: main?.address ?? null,
      fallbackContact: fallback?.address ?? null,
      recordedContacts: [draft.channel, draft.fallbackChannel].map(
        (channel) => channel && recordedContact(channel, patient),
      ),
      linkId: draft.linkId,
      linkUrl: facts.link?.url ?? null,
      ...(draft.attachmentId && {
        attachment: { id: draft.attachmentId, uuid: facts.attachment?.heroUuid ?? null },
      }),
      recordWrite: draft.recordWrite,
    },
  };
}

type Rendered = ReturnType<typeof renderMessage>;

const reasonOf = (rendered: Rendered) => ("reason" in rendered ? rendered.reason : null);

function renderAll(
  { text, variables }: MessageDraft,
  { publicName }: Pick<PracticeWithKey, "publicName">,
  patient: HeroPatient | null,
  link: LinkView | null,
): Record<MessageChannel, Rendered> {
  const values = {
    ...variables,
    // After those of the request, which cannot replace them.
    first_name: patient?.first_name?.trim() ?? "",
    practice_name: publicName,
  };
  const render = (channel: MessageChannel) =>
    renderMessage({ text, channel, variables: values, linkUrl: link?.url ?? null });
  return {
    nhs_app: render("nhs_app"),
    sms: render("sms"),
    email: render("email"),
    note: render("note"),
  };
}

/** The contact of the patient's record for a channel, as Hero has it. */
function recordedContact(channel: MessageChannel, patient: HeroPatient | null): string | null {
  if (channel === "sms") return patient?.mobile?.trim() || null;
  if (channel === "email") return patient?.email?.trim() || null;
  return null;
}

/** The channel that a contact of the request's own is for. */
const channelOfContact = ({
  channel,
  fallbackChannel,
}: Pick<MessageDraft, "channel" | "fallbackChannel">): FallbackChannel | null => {
  if (channel === "sms" || channel === "email") return channel;
  return channel === "nhs_app" ? fallbackChannel : null;
};

type Contact = { address: string; isIsland: boolean } | { reason: string };

function parseContact(channel: FallbackChannel, text: string): Contact {
  if (channel === "sms") {
    const mobile = parseMobile(text);
    return "reason" in mobile ? mobile : { address: mobile.number, isIsland: mobile.isIsland };
  }
  const address = email.safeParse(text);
  return address.success
    ? { address: address.data, isIsland: false }
    : { reason: "This is not a valid email address." };
}

const missingContacts: Record<FallbackChannel, string> = {
  sms: "Hero's record of this patient has no mobile number.",
  email: "Hero's record of this patient has no email address.",
};

function contactOf(
  channel: FallbackChannel,
  draft: MessageDraft,
  patient: HeroPatient | null,
): Contact {
  if (draft.contact && channelOfContact(draft) === channel) {
    return parseContact(channel, draft.contact);
  }
  const recorded = recordedContact(channel, patient);
  return recorded === null ? { reason: missingContacts[channel] } : parseContact(channel, recorded);
}

/** Hero's names of what a practice has turned on. Practices whose list was not read are not restricted. */
const capabilityOfChannel: Partial<Record<MessageChannel, string>> = {
  nhs_app: "nhs_app_messaging",
  sms: "sms_messaging",
  email: "email_messaging",
};

const messaging: HeroCapability = "messages";

/** Why nobody at the practice can be sent a message through this channel. */
export function findPracticeProblem(
  channel: MessageChannel,
  { capabilities, capabilityChecks }: Pick<PracticeWithKey, "capabilities" | "capabilityChecks">,
): string | null {
  const check = capabilityChecks.find(({ capability }) => capability === messaging);
  if (check && !check.isAvailable) {
    return check.reason ?? `${heroCapabilities[messaging].name} is not available at this practice.`;
  }
  const needed = capabilityOfChannel[channel];
  const isListed = capabilities.some((capability) => capability.endsWith("_messaging"));
  return needed && isListed && !capabilities.includes(needed)
    ? "This practice has not turned this channel on in Hero."
    : null;
}

function assessChannel(
  channel: MessageChannel,
  draft: MessageDraft,
  practice: Pick<PracticeWithKey, "capabilities" | "capabilityChecks">,
  patient: HeroPatient | null,
  { isSensitive, settings }: MessageFacts,
  rendered: Rendered,
): ChannelAssessment {
  const contact =
    channel === "sms" || channel === "email" ? contactOf(channel, draft, patient) : null;
  const hasAddress = contact !== null && "address" in contact;
  const otherReason =
    findPracticeProblem(channel, practice) ??
    (isSensitive && contact !== null
      ? "This patient's contact is marked as sensitive: use the NHS App without a fallback."
      : null) ??
    (channel === "nhs_app" && !patient?.nhs_number
      ? "Hero's record of this patient has no NHS number, which the NHS App needs."
      : null);
  const contactReason = contact !== null && "reason" in contact ? contact.reason : null;
  const reason = otherReason ?? contactReason;
  const text = "text" in rendered ? rendered.text : null;
  const sms = channel === "sms" && text !== null ? countSmsParts(text) : null;
  const isIsland = hasAddress && contact.isIsland;
  const cost = messageCost({
    channel,
    fallbackChannel: null,
    smsParts: sms?.parts ?? null,
    isIsland,
    tariff: settings,
  });
  return {
    channel,
    isAvailable: reason === null,
    reason,
    needsContact: otherReason === null && contactReason !== null,
    contact: hasAddress
      ? channel === "sms"
        ? maskMobile(contact.address)
        : maskEmail(contact.address)
      : null,
    text,
    smsParts: sms?.parts ?? null,
    costlyCharacter: sms?.costlyCharacter ?? null,
    pence: cost?.highestPence ?? null,
    address: hasAddress ? contact.address : null,
    isIsland,
  };
}

function combinationProblem(draft: MessageDraft): string | null {
  const { channel, fallbackChannel, contact } = draft;
  if (fallbackChannel && channel !== "nhs_app") {
    return "Only a message in the NHS App can have a fallback.";
  }
  if (contact && channelOfContact(draft) === null) {
    return "This channel does not use a contact. Remove the contact, or select another channel.";
  }
  return null;
}

const workingStates: readonly LinkState[] = ["live", "ends_soon"];

/** Whether patients can use the link now. */
export const isWorkingLink = ({ state, url }: Pick<LinkView, "state" | "url">): boolean =>
  workingStates.includes(state) && url !== null;

function linkProblem(
  { linkId, patientId }: MessageDraft,
  practice: Pick<PracticeWithKey, "id">,
  link: LinkView | null,
): string | null {
  if (linkId === null || !link) return null;
  if (link.practice.id !== practice.id) return "This link belongs to another practice.";
  if (link.patientId !== null && link.patientId !== patientId) {
    return "This link belongs to another patient.";
  }
  if (link.isHeld) {
    return "This link is on hold until someone releases it on the patient's page.";
  }
  return isWorkingLink(link) ? null : "This link no longer works. Select another one.";
}

function attachmentProblem(
  { attachmentId, patientId }: MessageDraft,
  practice: Pick<PracticeWithKey, "id">,
  attachment: AttachmentFacts | null,
): string | null {
  if (!attachmentId) return null;
  const isOwn = attachment?.practiceId === practice.id && attachment.patientId === patientId;
  if (!attachment || !isOwn) return "This file was selected for another patient.";
  return attachment.heroUuid === null
    ? "Hero does not have this file, or it was deleted. Select it again."
    : null;
}

const adultAge = 16;

/** Full years on a UK date. */
function ageOn(today: string, dateOfBirth: string): number {
  const years = Number(today.slice(0, 4)) - Number(dateOfBirth.slice(0, 4));
  return today.slice(5) < dateOfBirth.slice(5) ? years - 1 : years;
}

const warningMessages: Record<MessageWarning, string> = {
  contact_differs:
    "The contact you entered is not the one in the patient's record. Check it with the patient.",
  under_16: "This patient is under 16. A parent may read the message. Decide whether to send it.",
  age_unknown:
    "Hero's record has no date of birth, so this patient may be under 16. Decide whether to send it.",
  url_in_text: "The text has a web or email address in it. Check that it is correct.",
  automatic_record_write:
    "The message is written to the patient's record without anyone at the practice approving it.",
};

function listWarnings(
  draft: MessageDraft,
  patient: HeroPatient | null,
  rendered: Rendered,
  now: Date,
): MessagePreview["warnings"] {
  const reachesPatient = draft.channel !== "note";
  const dateOfBirth = patient && toDateOfBirth(patient);
  const codes: [MessageWarning, boolean][] = [
    ["contact_differs", differsFromRecord(draft, patient)],
    ["under_16", reachesPatient && !!dateOfBirth && ageOn(ukDateOf(now), dateOfBirth) < adultAge],
    ["age_unknown", reachesPatient && patient !== null && !dateOfBirth],
    ["url_in_text", "text" in rendered && rendered.warnings.includes("url_in_text")],
    ["automatic_record_write", draft.recordWrite === "automatic"],
  ];
  return codes.flatMap(([code, applies]) =>
    applies ? [{ code, message: warningMessages[code] }] : [],
  );
}

function differsFromRecord(draft: MessageDraft, patient: HeroPatient | null): boolean {
  const channel = channelOfContact(draft);
  if (!draft.contact || !channel) return false;
  const entered = parseContact(channel, draft.contact);
  const recorded = recordedContact(channel, patient);
  const known = recorded === null ? null : parseContact(channel, recorded);
  return !(
    "address" in entered &&
    known !== null &&
    "address" in known &&
    entered.address === known.address
  );
}
