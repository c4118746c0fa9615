import "server-only";
import { createTransport, type Transporter } from "nodemailer";
import { env } from "../env";

export type Mail = {
  subject: string;
  paragraphs: string[];
  link: { label: string; url: string };
};

let transport: Transporter | undefined;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Sends one email. A transport error is thrown, so that the job is retried. */
export async function sendMail(email: string, mail: Mail): Promise<void> {
  transport ??= createTransport({ url: env().SMTP_URL, connectionTimeout: 10_000 });
  const { paragraphs, link } = mail;
  await transport.sendMail({
    from: env().MAIL_FROM,
    // An object, so that no part of the address is parsed as a list or a header.
    to: { name: "", address: email },
    subject: mail.subject,
    text: [...paragraphs, `${link.label}:\n${link.url}`].join("\n\n"),
    html: [
      '<div style="font-family: sans-serif; max-width: 34em">',
      ...paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`),
      `<p><a href="${escapeHtml(link.url)}">${escapeHtml(link.label)}</a></p></div>`,
    ].join("\n"),
  });
}

/** A full address on the portal, for links in emails. */
export function portalUrl(path: string, query: Record<string, string> = {}): string {
  const url = new URL(path, env().PUBLIC_URL);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.toString();
}
