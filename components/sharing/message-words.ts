import { formatBareDate } from "@/server/schemas/dates";
import type { LinkView } from "@/server/schemas/links";
import { describeWindow, linkSubject } from "../links/words";

/** A link that patients can use. */
export type SharedLink = LinkView & { url: string };

const untilEnd = ({ expiresOn }: LinkView) => `until the end of ${formatBareDate(expiresOn)}`;

/**
 * A text message to begin with. Plain letters and straight quotes only, so that it costs no more than it
 * must; the address stands on a line of its own, where phones make it a link.
 */
export function smsText(link: SharedLink): string {
  const subject = linkSubject(link);
  const forOne = link.audience === "patient_invite";
  const opening =
    link.kind === "form"
      ? forOne
        ? `${link.practice.name}: please fill in this form: ${subject}.`
        : `${link.practice.name}: you can fill in this form online: ${subject}.`
      : forOne
        ? `${link.practice.name}: please book online: ${subject}. Choose a time that suits you.`
        : `${link.practice.name}: you can book online: ${subject}.`;
  const end = forOne ? `For you only. Works ${untilEnd(link)}.` : `Works ${untilEnd(link)}.`;
  return `${opening}\n${link.url}\n${end}`;
}

/** An e-mail to begin with. */
export function emailText(link: SharedLink): { subject: string; body: string } {
  const what = linkSubject(link);
  const practice = link.practice.name;
  const forOne = link.audience === "patient_invite";
  const isForm = link.kind === "form";
  const act = isForm ? "fill in a form" : "book an appointment";
  const days = !isForm && (link.slotsFrom || link.slotsTo) ? `Days: ${describeWindow(link)}` : null;
  const lines = [
    "Hello,",
    "",
    forOne ? `${practice} asks you to ${act} online:` : `You can ${act} at ${practice} online:`,
    "",
    what,
    ...(link.location ? [`At ${link.location.name}`] : []),
    ...(days ? [days] : []),
    "",
    link.url,
    "",
    `The link works ${untilEnd(link)}, UK time.${
      forOne ? " It is for you only: please do not pass it on." : ""
    }`,
    "If you cannot use it, please contact the practice.",
    "",
    practice,
  ];
  return {
    subject: isForm ? `${practice}: please fill in a form` : `${practice}: book your appointment`,
    body: lines.join("\n"),
  };
}
