import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import type { LinkKind } from "@/server/schemas/links/fields";
import { stepNames } from "./labels";

/** What each number counts, and what it cannot know. As `server/services/results/count.ts` counts it. */
export function Definitions({ kind }: { kind: LinkKind | undefined }) {
  return (
    <Card aria-labelledby="definitions">
      <CardHeader
        id="definitions"
        title="What the numbers mean"
        description="Created, opened, booked and cancelled count links, on the UK date when each link was created, even if the patient books weeks later."
      />
      <DescriptionList>
        <DescriptionItem term="Created">
          Links that Hero created in this period, whatever happened to them since.
        </DescriptionItem>
        <DescriptionItem term="Opened">
          Links that were opened at least once. We read this from Hero at intervals, so it can be
          out of date. Email filters and message previews also open links, often before the patient
          does.
        </DescriptionItem>
        <DescriptionItem term={stepNames(kind).booked}>
          {kind === "form"
            ? "Form links with at least one response."
            : kind === "video"
              ? "Video links that Hero reports as used. We read this from Hero at intervals."
              : "Links with at least one booking. With webhooks, a booking counts when we have read the appointment from Hero. Without them, it counts when Hero reports another use. A form link counts when it has a response, a video link when Hero reports that it was used."}
        </DescriptionItem>
        <DescriptionItem term="Cancelled">
          Booked links with at least one appointment that was later cancelled. They still count as
          booked. Only known with webhooks.
        </DescriptionItem>
        <DescriptionItem term="Bookings and opens">
          Total numbers. Many people can open and book with the same generic link.
        </DescriptionItem>
      </DescriptionList>
    </Card>
  );
}
