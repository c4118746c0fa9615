import "server-only";
import { createTransport, type Transporter } from "nodemailer";
import { env } from "../env";
import type { Message } from "./mail-templates/message";

let transport: Transporter | undefined;

/** Sends one email. A transport error is thrown, so that the job is retried. */
export async function sendMail(email: string, message: Message): Promise<void> {
  transport ??= createTransport({ url: env().SMTP_URL, connectionTimeout: 10_000 });
  // Only the worker sends. The portal, which imports this beside what it queues, does not load React's
  // server renderer a second time.
  const { renderMessage } = await import("./mail-templates/message");
  await transport.sendMail({
    from: env().MAIL_FROM,
    // An object, so that no part of the address is parsed as a list or a header.
    to: { name: "", address: email },
    subject: message.subject,
    ...(await renderMessage(message)),
  });
}

/** A full address on the portal, for links in emails. */
export function portalUrl(path: string, query: Record<string, string> = {}): string {
  const url = new URL(path, env().PUBLIC_URL);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.toString();
}
