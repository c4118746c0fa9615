/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { dispatchAtMs, messageProgress, type MessageStatus } from "../state/messages";
import type { MessageRecord } from "../state/model";
import type { SandboxState } from "../state/sandbox-state";
import { pageShell } from "./page-shell";
import { formatTimestamp, linkify } from "./page-text";

const maxMessages = 200;

const statusNames: Record<MessageStatus, string> = {
  scheduled: "Scheduled",
  queued: "Queued",
  sent: "Not opened yet",
  delivered: "Delivered",
  opened: "Opened",
  undelivered: "Not delivered",
};

/** What each patient received, newest first: text messages, emails and NHS App messages. */
export function messagesPage(c: Context, sandbox: SandboxState) {
  const newest = [...sandbox.messages.values()].reverse().slice(0, maxMessages);
  const byPatient = Map.groupBy(newest, ({ patientId }) => patientId);
  return pageShell(
    c,
    "Messages to patients",
    newest.length === 0 ? (
      <p>No messages yet. What is sent to test patients arrives here, and only here.</p>
    ) : (
      [...byPatient].map(([patientId, messages]) => (
        <PatientMessages
          key={patientId}
          sandbox={sandbox}
          patientId={patientId}
          messages={messages}
        />
      ))
    ),
  );
}

function PatientMessages(props: {
  sandbox: SandboxState;
  patientId: string;
  messages: MessageRecord[];
}) {
  const { sandbox, patientId, messages } = props;
  const patient = sandbox.patients.get(patientId);
  const practice = patient && sandbox.findPractice(patient.practiceGroupId);
  return (
    <section aria-labelledby={`m-${patientId}`}>
      <h2 id={`m-${patientId}`}>
        {patient?.person.firstName} {patient?.person.lastName}
      </h2>
      <p class="tags">
        <span>{practice?.name}</span>
        <span>Patient ID {patientId}</span>
      </p>
      <ul class="messages">
        {messages.map((message) => {
          const { status, channel } = messageProgress(message, sandbox.clock.nowMs());
          const contact = channel === message.channel ? message.contact : message.fallback?.contact;
          const [code, file] =
            [...sandbox.attachmentLinks].find(([, { uuid }]) => uuid === message.attachmentUuid) ??
            [];
          const sentAt = new Date(dispatchAtMs(message)).toISOString();
          return (
            <li key={message.id}>
              <p class="tags">
                <strong>{channelNames[channel]}</strong>
                {contact && <span>To {contact}</span>}
                {channel !== message.channel && <span>Not opened in the NHS App</span>}
                <span>
                  {channel === "hero" ? "The patient receives nothing" : statusNames[status]}
                </span>
                <time datetime={sentAt}>{formatTimestamp(sentAt)}</time>
              </p>
              <p class="email-text">{linkify(message.text)}</p>
              {file && (
                <p class="tags">
                  <a href={`/a/${code}`}>{file.fileName}</a>
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const channelNames = {
  hero: "Note",
  sms: "Text message",
  email: "Email",
  nhs_app: "NHS App message",
};
