import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { Timestamp } from "@/components/ui/timestamp";
import { formatTableTimestamp } from "@/server/schemas/dates";
import type { MessageView } from "@/server/schemas/messages";
import { describeChannels } from "./labels";
import { MessageStateBadge } from "./state-badge";

type MessageListProps = {
  scope: PortalScope;
  /** The practice the list is filtered by, kept in the addresses it leads to. */
  practiceId: string | undefined;
  messages: readonly MessageView[];
};

/** Messages, newest first, without their text. */
export function MessageList({ scope, practiceId, messages }: MessageListProps) {
  return (
    <TableFrame label="Messages">
      <Table cardsOnPhones>
        <thead>
          <tr>
            <Th>Requested</Th>
            <Th>State</Th>
            <Th>Channel</Th>
            <Th>Patient</Th>
            <Th>Practice</Th>
            <Th>Requested by</Th>
          </tr>
        </thead>
        <tbody>
          {messages.map((message) => (
            <tr key={message.id}>
              <Td>
                <Link
                  href={portalPath(scope, `/messages/${message.id}`, { practice: practiceId })}
                  className="link font-medium whitespace-nowrap"
                >
                  {formatTableTimestamp(message.createdAt)}
                </Link>
              </Td>
              <Td label="State">
                <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  <MessageStateBadge state={message.state} />
                  {message.state === "scheduled" ? (
                    <span className="text-sm text-muted">
                      <Timestamp iso={message.sendAt} format="table" />
                    </span>
                  ) : null}
                </div>
              </Td>
              <Td label="Channel">{describeChannels(message)}</Td>
              <Td label="Patient">
                <span className="font-mono text-sm">{message.patientId}</span>
              </Td>
              <Td label="Practice">
                <div className="wrap-anywhere">{message.practice.name}</div>
              </Td>
              <Td label="Requested by">
                <div className="wrap-anywhere">{message.createdBy}</div>
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
