import Link from "next/link";
import { describeChannels, recordWriteNames } from "@/components/messages/labels";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Identifier } from "@/components/ui/identifier";
import { Timestamp } from "@/components/ui/timestamp";
import { environmentNames } from "@/server/schemas/environment-names";
import type { MessageBatchView } from "@/server/schemas/message-batches";

/** Everything that is known of a batch but its text: who did what, and when. */
export function BatchDetails({ scope, batch }: { scope: PortalScope; batch: MessageBatchView }) {
  const { practice, approval, sharedLink, correctsBatchId } = batch;
  return (
    <Card aria-labelledby="details">
      <CardHeader id="details" title="Details" />
      <DescriptionList>
        <DescriptionItem term="Practice">{practice.name}</DescriptionItem>
        <DescriptionItem term="Environment">{environmentNames[scope.environment]}</DescriptionItem>
        <DescriptionItem term="Channel">{describeChannels(batch)}</DescriptionItem>
        {sharedLink ? (
          <DescriptionItem term="Link">
            <Link href={portalPath(scope, `/links/${sharedLink.id}`)} className="link">
              {sharedLink.name ?? "A link"}
            </Link>
          </DescriptionItem>
        ) : batch.link === "own" ? (
          <DescriptionItem term="Link">Each patient&apos;s own</DescriptionItem>
        ) : null}
        <DescriptionItem term="Patient record">
          {recordWriteNames[batch.recordWrite]}
        </DescriptionItem>
        {correctsBatchId ? (
          <DescriptionItem term="Corrects">
            <Link href={portalPath(scope, `/messages/batches/${correctsBatchId}`)} className="link">
              An earlier batch
            </Link>
          </DescriptionItem>
        ) : null}
        <Done term="Created by" who={batch.createdBy} at={batch.createdAt} />
        {approval ? (
          <Done term="Requested by" who={approval.requestedBy} at={approval.requestedAt} />
        ) : null}
        {approval?.decision && approval.decidedBy ? (
          <Done
            term={decisionTerms[approval.decision]}
            who={approval.decidedBy}
            at={approval.decidedAt}
          />
        ) : null}
        {batch.startedBy ? (
          <Done term="Started by" who={batch.startedBy} at={batch.startedAt} />
        ) : null}
        {batch.endedAt ? (
          <Done
            term={batch.state === "cancelled" ? "Cancelled by" : "Ended by"}
            who={batch.endedBy ?? "The portal"}
            at={batch.endedAt}
          />
        ) : null}
        <DescriptionItem term="Operation ID">
          <Identifier value={batch.operationId} label="Copy operation ID" />
        </DescriptionItem>
      </DescriptionList>
    </Card>
  );
}

const decisionTerms = {
  approved: "Approved by",
  refused: "Refused by",
  withdrawn: "Withdrawn by",
} as const;

function Done({ term, who, at }: { term: string; who: string; at: string | null }) {
  return (
    <DescriptionItem term={term}>
      {who}
      {at ? (
        <div className="text-sm text-muted">
          <Timestamp iso={at} />
        </div>
      ) : null}
    </DescriptionItem>
  );
}
