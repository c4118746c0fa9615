import Link from "next/link";
import type { ReactNode } from "react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { CopyButton } from "@/components/ui/copy-button";
import { Timestamp } from "@/components/ui/timestamp";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { ActivityView } from "@/server/schemas/activity";
import { environmentNames } from "@/server/schemas/environment-names";

const subjectNames: Record<string, string | undefined> = {
  organisation: "Organisation",
  practice: "Practice",
  credential: "Hero API key",
  link: "Link",
  bulk_upload: "Bulk upload",
  message: "Message",
  message_batch: "Batch of messages",
  api_key: "API key",
  placement: "Placement",
  webhook: "Webhook",
  delivery: "Delivery",
  destination: "Destination",
  script: "Script",
};

const subjectPaths: Record<string, string | undefined> = {
  practice: "practices",
  link: "links",
  bulk_upload: "links/bulk-uploads",
  message: "messages",
  message_batch: "messages/batches",
  placement: "elements",
  webhook: "webhooks/endpoints",
  delivery: "webhooks/deliveries",
  destination: "webhooks/destinations",
};

/** The subject of an event, linked where it has a page in this environment. */
function Subject({ scope, event }: { scope: PortalScope; event: ActivityView }): ReactNode {
  const { type, id, label } = event.subject;
  const kind = subjectNames[type] ?? type;
  const path = event.environment === scope.environment ? subjectPaths[type] : undefined;
  const text = label ? `${kind} · ${label}` : kind;
  return path ? (
    <Link href={portalPath(scope, `/${path}/${id}`)} className="link">
      {text}
    </Link>
  ) : (
    text
  );
}

/** The start of a request ID, with a button that copies all of it. */
function RequestId({ id }: { id: string }) {
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap">
      <code className="font-mono" title={id}>
        {id.length > 12 ? `${id.slice(0, 8)}…` : id}
      </code>
      <CopyButton value={id} label={`Copy request ID ${id}`} iconOnly size="sm" variant="quiet" />
    </span>
  );
}

type ActivityTableProps = { scope: PortalScope; events: readonly ActivityView[] };

/** The activity of the organisation. */
export function ActivityTable({ scope, events }: ActivityTableProps) {
  return (
    <TableFrame label="Activity" density="compact">
      <Table cardsOnPhones className="text-sm!">
        <thead>
          <tr>
            <Th>When</Th>
            <Th>Who</Th>
            <Th>Action</Th>
            <Th>Subject</Th>
            <Th>Environment</Th>
            <Th>Request</Th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.id}>
              <Td label="When" className="whitespace-nowrap text-muted">
                <Timestamp iso={event.occurredAt} format="table" />
              </Td>
              <Td label="Who" className="whitespace-nowrap">
                {event.actor}
              </Td>
              <Td label="Action" className="font-medium sm:min-w-44">
                {event.action}
              </Td>
              <Td label="Subject" className="wrap-anywhere sm:min-w-44">
                <Subject scope={scope} event={event} />
              </Td>
              <Td label="Environment" className="text-muted">
                {event.environment ? environmentNames[event.environment] : "All"}
              </Td>
              <Td label="Request">
                <RequestId id={event.requestId} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
