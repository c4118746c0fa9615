import Link from "next/link";
import { describeCost } from "@/components/messages/cost-text";
import { describeChannels, recordWriteNames, recordWriteTexts } from "@/components/messages/labels";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { formatCount } from "@/components/ui/format-count";
import { environmentNames } from "@/server/schemas/environment-names";
import type { BatchReview, MessageBatchView } from "@/server/schemas/message-batches";
import { countMessages, describeDuration } from "./labels";

type ReviewFactsProps = { scope: PortalScope; batch: MessageBatchView; review: BatchReview };

/** What a person reviews: to how many, from whom, what it costs and how long it takes. */
export function ReviewFacts({ scope, batch, review }: ReviewFactsProps) {
  const { longest, firstRow, lastRow } = review;
  return (
    <div className="flex flex-col gap-5">
      <p className="text-3xl font-semibold tabular-nums">
        {countMessages(batch.channel, review.included)}
      </p>
      <DescriptionList>
        <DescriptionItem term="Practice">
          {batch.practice.publicName}
          {batch.practice.name === batch.practice.publicName ? null : (
            <span className="block text-muted">{batch.practice.name}</span>
          )}
        </DescriptionItem>
        <DescriptionItem term="Environment">{environmentNames[scope.environment]}</DescriptionItem>
        <DescriptionItem term="Channel">{describeChannels(batch)}</DescriptionItem>
        {firstRow === null || lastRow === null ? null : (
          <DescriptionItem term="Rows">
            First {firstRow.toLocaleString("en-GB")}, last {lastRow.toLocaleString("en-GB")}
          </DescriptionItem>
        )}
        <DescriptionItem term="Link">{describeLink(batch)}</DescriptionItem>
        {longest ? (
          <DescriptionItem term="Longest">
            {formatCount(longest.characters, "character")}
            {longest.smsParts === null ? "" : `, ${formatCount(longest.smsParts, "part")}`} in row{" "}
            {longest.rowNumber.toLocaleString("en-GB")}
          </DescriptionItem>
        ) : null}
        <DescriptionItem term="Cost">{describeCost(review.cost)}</DescriptionItem>
        <DescriptionItem term="Duration">
          {describeDuration(review.durationSeconds)}
          <span className="block text-sm text-muted">
            Without pauses and quiet hours, at the speed that Hero allows.
          </span>
        </DescriptionItem>
        {batch.channel === "note" ? null : (
          <DescriptionItem term="Patient record">
            {recordWriteNames[batch.recordWrite]}
            <span className="block text-sm text-muted">{recordWriteTexts[batch.recordWrite]}</span>
          </DescriptionItem>
        )}
      </DescriptionList>
      {review.excluded + review.notChecked > 0 ? (
        <section aria-labelledby="left-out">
          <h3 id="left-out" className="font-semibold">
            {formatCount(review.excluded + review.notChecked, "recipient")} left out
          </h3>
          <ul className="mt-2 flex flex-col gap-1">
            {review.exclusions.map(({ code, reason, count }) => (
              <li key={`${code} ${reason}`} className="flex gap-3">
                <span className="min-w-12 text-right font-semibold tabular-nums">
                  {count.toLocaleString("en-GB")}
                </span>
                <span>{reason}</span>
              </li>
            ))}
            {review.notChecked > 0 ? (
              <li className="flex gap-3">
                <span className="min-w-12 text-right font-semibold tabular-nums">
                  {review.notChecked.toLocaleString("en-GB")}
                </span>
                <span>Hero gave no answer. Check the batch again to retry.</span>
              </li>
            ) : null}
          </ul>
          <p className="mt-2">
            <Link
              href={portalPath(scope, `/messages/batches/${batch.id}`, {
                outcome: review.excluded > 0 ? "excluded" : "not_checked",
              })}
              scroll={false}
              className="link"
            >
              Show these rows
            </Link>
          </p>
        </section>
      ) : null}
    </div>
  );
}

function describeLink({ link, sharedLink }: MessageBatchView): string {
  if (link === "own") return "Each patient's own";
  return link === "shared" ? (sharedLink?.name ?? "A link that anyone can use") : "None";
}
