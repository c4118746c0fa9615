import { callbackify } from "node:util";
import { type AddressObject, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import type { Inbox } from "../state/inbox";

const maxBytes = 10_000_000;

/**
 * Accepts any email from this machine, without signing in. Port 0 picks a free port. An email's `to`
 * comes from the envelope: the real recipients.
 */
export async function startSmtpServer(
  inbox: Inbox,
  port: number,
): Promise<{ server: SMTPServer; port: number }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    size: maxBytes,
    onData: callbackify(async (stream: SMTPServerDataStream, session: SMTPServerSession) => {
      const email = await simpleParser(stream);
      inbox.add({
        to: session.envelope.rcptTo.map((recipient) => recipient.address),
        from: formatSender(email.from) || (session.envelope.mailFrom || { address: "" }).address,
        subject: email.subject ?? "",
        text: email.text ?? "",
        html: email.html || null,
      });
    }),
  });
  // A dropped connection must not stop the sandbox.
  server.on("error", (error) => process.stderr.write(`sandbox email: ${error.message}\n`));
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  const address = server.server.address();
  return { server, port: typeof address === "object" && address ? address.port : port };
}

function formatSender(from: AddressObject | undefined): string {
  return from?.text ?? "";
}
