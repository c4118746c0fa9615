import { callbackify } from "node:util";
import { type AddressObject, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import type { Inbox } from "../state/inbox";

const maxBytes = 10_000_000;

/**
 * Takes mail for anybody, without a sign-in, from this machine only. Port 0 takes a free one.
 * `to` of a mail is the envelope: who it was really sent to.
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
  // A client that drops its connection must not stop the sandbox.
  server.on("error", (error) => process.stderr.write(`sandbox mail: ${error.message}\n`));
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
