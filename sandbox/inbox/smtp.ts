import { callbackify } from "node:util";
import { type AddressObject, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import type { Inbox } from "./inbox";

const maximumBytes = 10_000_000;

/**
 * Takes mail for anybody, without a sign-in, from this machine only. Port 0 takes a free one.
 * `to` of a mail is the envelope: who it was really sent to.
 */
export async function listenForMail(
  inbox: Inbox,
  port: number,
): Promise<{ server: SMTPServer; port: number }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    size: maximumBytes,
    onData: callbackify(async (stream: SMTPServerDataStream, session: SMTPServerSession) => {
      const mail = await simpleParser(stream);
      inbox.add({
        to: session.envelope.rcptTo.map((one) => one.address),
        from: fromText(mail.from) || (session.envelope.mailFrom || { address: "" }).address,
        subject: mail.subject ?? "",
        text: mail.text ?? "",
        html: mail.html || null,
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

function fromText(from: AddressObject | undefined): string {
  return from?.text ?? "";
}
