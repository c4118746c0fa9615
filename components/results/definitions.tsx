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
          Links that were opened at least once. We read this from Hero at intervals, so it lags.
          Robots open links too: mail filters and message previews follow them before the patient
          does.
        </DescriptionItem>
        <DescriptionItem term={stepNames(kind).booked}>
          {kind === "form"
            ? "Form links with at least one response."
            : "Links with at least one booking. With webhooks a booking counts once we have read the appointment from Hero; without them, once Hero's count of uses has risen. A form link counts when it has a response."}
        </DescriptionItem>
        <DescriptionItem term="Cancelled">
          Booked links with at least one appointment that was cancelled since. They still count as
          booked. Known with webhooks only.
        </DescriptionItem>
        <DescriptionItem term="Bookings and opens">
          How many times in all: a link for anyone can be opened and booked by many people.
        </DescriptionItem>
      </DescriptionList>
    </Card>
  );
}
