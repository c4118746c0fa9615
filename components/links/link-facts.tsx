import Link from "next/link";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { Fact, Facts } from "@/components/ui/facts";
import { Identifier } from "@/components/ui/identifier";
import { BareDate, Moment } from "@/components/ui/moment";
import { environmentNames } from "@/server/schemas/environments";
import type { LinkView } from "@/server/schemas/links";
import { audienceNames, describeWindow, wasMade } from "./words";

type LinkFactsProps = {
  place: Place;
  link: LinkView;
  /** False once the practice is disconnected: it has no page then. */
  hasPracticePage: boolean;
};

/** Everything that is known of a link. */
export function LinkFacts({ place, link, hasPracticePage }: LinkFactsProps) {
  const { practice } = link;
  return (
    <Card aria-labelledby="link-facts">
      <CardHeader id="link-facts" title="Details" />
      <Facts>
        <Fact term="Practice">
          {hasPracticePage ? (
            <Link href={portalPath(place, `/practices/${practice.id}`)} className="link">
              {practice.name}
            </Link>
          ) : (
            <>
              {practice.name} <span className="text-muted">(disconnected)</span>
            </>
          )}
          <div className="mt-1">
            <Identifier value={practice.practiceGroupId} label="Copy practice group id" />
          </div>
        </Fact>
        <Fact term="Environment">{environmentNames[place.environment]}</Fact>
        <Fact term="For">{audienceNames[link.audience]}</Fact>
        {link.patientId ? (
          <Fact term="Hero patient id">
            <Identifier value={link.patientId} label="Copy Hero patient id" />
          </Fact>
        ) : null}
        {link.form ? (
          <Fact term="Form">{link.form.name}</Fact>
        ) : (
          <>
            <Fact term="Appointment type">{link.appointmentType?.name}</Fact>
            <Fact term="Location">{link.location?.name}</Fact>
            <Fact term="Practitioner">{link.practitioner?.name ?? "Anyone"}</Fact>
            <Fact term="Days to choose from">{describeWindow(link)}</Fact>
          </>
        )}
        <Fact term="Expires">
          End of <BareDate date={link.expiresOn} length="long" />, UK time
        </Fact>
        <Fact term="Bookings allowed">{link.maximumUses.toLocaleString("en-GB")}</Fact>
        {link.tags.length > 0 ? <Fact term="Tags">{link.tags.join(", ")}</Fact> : null}
        {link.reference ? <Fact term="Your reference">{link.reference}</Fact> : null}
        {link.bulkId ? (
          <Fact term="Made with">
            <Link href={portalPath(place, `/links/bulk/${link.bulkId}`)} className="link">
              A file of rows
            </Link>
          </Fact>
        ) : null}
        <Fact term="Name">{link.name ?? <span className="text-muted">None</span>}</Fact>
        <Fact term={wasMade(link) ? "Made by" : "Asked for by"}>
          {link.createdBy}
          <div className="text-sm text-muted">
            <Moment iso={link.createdAt} />
          </div>
        </Fact>
        <Fact term="Operation id">
          <Identifier value={link.operationId} label="Copy operation id" />
        </Fact>
      </Facts>
    </Card>
  );
}
