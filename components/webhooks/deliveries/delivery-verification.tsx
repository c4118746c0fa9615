import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Timestamp } from "@/components/ui/timestamp";
import type { DeliveryView } from "@/server/schemas/webhook-deliveries";
import { formatLag } from "./labels";

/** How a delivery was verified, and the headers that were kept of it. */
export function DeliveryVerification({ delivery }: { delivery: DeliveryView }) {
  const { receivedAt, sentAt, isLate, repeats, headers } = delivery;
  const lagMs = sentAt ? new Date(receivedAt).getTime() - new Date(sentAt).getTime() : null;
  return (
    <Card aria-labelledby="verification">
      <CardHeader
        id="verification"
        title="Verification"
        description="Only requests with a valid signature are stored. The signature itself is not stored."
      />
      <DescriptionList>
        <DescriptionItem term="Signature">Valid</DescriptionItem>
        <DescriptionItem term="Signed">
          {sentAt ? <Timestamp iso={sentAt} format="table" /> : "Time not readable"}
        </DescriptionItem>
        <DescriptionItem term="Arrived">
          <Timestamp iso={receivedAt} format="table" />
          {lagMs !== null && lagMs >= 0 ? `, ${formatLag(lagMs)} later` : null}
        </DescriptionItem>
        <DescriptionItem term="On time">
          {isLate
            ? "No: it arrived more than five minutes before or after the signed time. This has no effect, because the portal reads the record from Hero."
            : "Yes"}
        </DescriptionItem>
        <DescriptionItem term="Sent again">
          {repeats === 0 ? "Never" : repeats === 1 ? "Once" : `${repeats} times`}
        </DescriptionItem>
        {headers.map(({ name, value }) => (
          <DescriptionItem key={name} term={<code className="font-mono text-sm">{name}</code>}>
            <code className="font-mono text-sm wrap-anywhere">{value}</code>
          </DescriptionItem>
        ))}
      </DescriptionList>
    </Card>
  );
}
