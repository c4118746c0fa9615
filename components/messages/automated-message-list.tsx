import type { PortalScope } from "@/components/shell/portal-path";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { Timestamp } from "@/components/ui/timestamp";
import type { AutomatedMessage } from "@/server/schemas/automated-messages";
import { ShowAutomatedText } from "./show-automated-text";

/** `appointment_reminder` as "Appointment reminder". */
function inWords(name: string): string {
  const words = name.replaceAll(/[_-]+/g, " ").trim().toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What Hero sends by itself, in its own words, without texts. */
export function AutomatedMessageList({
  scope,
  practiceId,
  messages,
}: {
  scope: PortalScope;
  practiceId: string;
  messages: readonly AutomatedMessage[];
}) {
  return (
    <TableFrame label="Automated messages">
      <Table cardsOnPhones>
        <thead>
          <tr>
            <Th>Type</Th>
            <Th>Status</Th>
            <Th>Time</Th>
            <Th>Channel</Th>
            <Th>Patient</Th>
            <Th>Text</Th>
          </tr>
        </thead>
        <tbody>
          {messages.map((message) => (
            <tr key={message.id}>
              <Td>
                <span className="font-medium">
                  {message.type ? inWords(message.type) : "Not known"}
                </span>
              </Td>
              <Td label="Status">{message.status ? inWords(message.status) : "Not known"}</Td>
              <Td label="Time">
                <MessageTime message={message} />
              </Td>
              <Td label="Channel">{message.channel ? inWords(message.channel) : "Not known"}</Td>
              <Td label="Patient">
                <span className="font-mono text-sm">{message.patientId ?? "Not known"}</span>
              </Td>
              <Td label="Text">
                <ShowAutomatedText
                  scope={scope}
                  practiceId={practiceId}
                  automatedMessageId={message.id}
                />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}

function MessageTime({
  message: { sentAt, scheduledAt, createdAt },
}: {
  message: AutomatedMessage;
}) {
  const iso = sentAt ?? scheduledAt ?? createdAt;
  return iso ? <Timestamp iso={iso} format="table" /> : "Not known";
}
