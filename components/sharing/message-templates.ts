import { formatLocalDate } from "@/server/schemas/dates";
import type { LinkKind } from "@/server/schemas/links/fields";
import type { LinkView } from "@/server/schemas/links/view";
import { describeWindow, linkSubject } from "../links/labels";

/** A link that patients can use. */
export type SharedLink = LinkView & { url: string };

const formatExpiry = ({ expiresOn }: LinkView) => `until the end of ${formatLocalDate(expiresOn)}`;

/**
 * The default text message. Standard SMS characters only, to keep it short; the address is on its own
 * line, where phones turn it into a link.
 */
export function smsText(link: SharedLink): string {
  const subject = linkSubject(link);
  const isForOnePatient = link.audience === "patient_invite";
  const opening =
    link.kind === "video"
      ? `${link.practice.publicName}: please open this link at the time of your video consultation.`
      : link.kind === "form"
        ? isForOnePatient
          ? `${link.practice.publicName}: please fill in this form: ${subject}.`
          : `${link.practice.publicName}: you can fill in this form online: ${subject}.`
        : isForOnePatient
          ? `${link.practice.publicName}: please book online: ${subject}. Choose a time that suits you.`
          : `${link.practice.publicName}: you can book online: ${subject}.`;
  const closing = isForOnePatient
    ? `For you only. Works ${formatExpiry(link)}.`
    : `Works ${formatExpiry(link)}.`;
  return `${opening}\n${link.url}\n${closing}`;
}

const actions: Record<LinkKind, string> = {
  booking: "book an appointment",
  form: "fill in a form",
  video: "join a video consultation",
};

const emailSubjects: Record<LinkKind, string> = {
  booking: "book your appointment",
  form: "please fill in a form",
  video: "your video consultation",
};

/** The default email. */
export function emailText(link: SharedLink): { subject: string; body: string } {
  const subject = linkSubject(link);
  const practice = link.practice.publicName;
  const isForOnePatient = link.audience === "patient_invite";
  const action = actions[link.kind];
  const datesLine =
    link.kind === "booking" && (link.slotsFrom || link.slotsTo)
      ? `Days: ${describeWindow(link)}`
      : null;
  const lines = [
    "Hello,",
    "",
    isForOnePatient
      ? `${practice} asks you to ${action} online:`
      : `You can ${action} at ${practice} online:`,
    "",
    ...(link.kind === "video" ? ["Open this link at the time of your consultation."] : [subject]),
    ...(link.location ? [`At ${link.location.name}`] : []),
    ...(datesLine ? [datesLine] : []),
    "",
    link.url,
    "",
    `The link works ${formatExpiry(link)}, UK time.${
      isForOnePatient ? " It is for you only: please do not pass it on." : ""
    }`,
    "If you cannot use it, please contact the practice.",
    "",
    practice,
  ];
  return {
    subject: `${practice}: ${emailSubjects[link.kind]}`,
    body: lines.join("\n"),
  };
}
