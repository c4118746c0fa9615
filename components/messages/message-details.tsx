import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Identifier } from "@/components/ui/identifier";
import { Timestamp } from "@/components/ui/timestamp";
import type { MessageView } from "@/server/schemas/messages";
import { describeChannels, recordWriteNames } from "./labels";
import { describeCost } from "./cost-text";

/** Everything that is known of a message but its text. */
export function MessageDetails({ scope, message }: { scope: PortalScope; message: MessageView }) {
  const { practice, patientId, link, smsParts } = message;
  return (
    <Card aria-labelledby="details">
      <CardHeader id="details" title="Details" />
      <DescriptionList>
        <DescriptionItem term="Patient">
          <Link
            href={portalPath(scope, `/patients/${practice.id}/${patientId}`)}
            prefetch={false}
            className="link"
          >
            Hero patient <span className="font-mono">{patientId}</span>
          </Link>
        </DescriptionItem>
        <DescriptionItem term="Practice">{practice.name}</DescriptionItem>
        <DescriptionItem term="Channel">{describeChannels(message)}</DescriptionItem>
        {link ? (
          <DescriptionItem term="Link">
            <Link href={portalPath(scope, `/links/${link.id}`)} className="link">
              {link.name ?? "A link"}
            </Link>
          </DescriptionItem>
        ) : null}
        {message.hasAttachment ? (
          <DescriptionItem term="Attachment">One file</DescriptionItem>
        ) : null}
        <DescriptionItem term="Patient record">
          {recordWriteNames[message.recordWrite]}
        </DescriptionItem>
        {smsParts === null ? null : (
          <DescriptionItem term="Parts">
            {smsParts.toLocaleString("en-GB")} <span className="text-muted">(estimate)</span>
          </DescriptionItem>
        )}
        <DescriptionItem term="Cost">{describeCost(message.cost)}</DescriptionItem>
        <DescriptionItem term="Requested by">
          {message.createdBy}
          <div className="text-sm text-muted">
            <Timestamp iso={message.createdAt} />
          </div>
        </DescriptionItem>
        <DescriptionItem term="Hero message ID">
          {message.heroMessageId ? (
            <Identifier value={message.heroMessageId} label="Copy Hero message ID" />
          ) : (
            "Not known"
          )}
        </DescriptionItem>
        {message.heroStatus ? (
          <DescriptionItem term="State in Hero">{message.heroStatus}</DescriptionItem>
        ) : null}
        <DescriptionItem term="Operation ID">
          <Identifier value={message.operationId} label="Copy operation ID" />
        </DescriptionItem>
      </DescriptionList>
    </Card>
  );
}
