import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Identifier } from "@/components/ui/identifier";
import { LocalDate, Timestamp } from "@/components/ui/timestamp";
import { environmentNames } from "@/server/schemas/environments";
import type { LinkView } from "@/server/schemas/links/view";
import { audienceNames, describeWindow, wasCreated } from "./labels";

type LinkDetailsProps = {
  scope: PortalScope;
  link: LinkView;
  /** False once the practice is disconnected: it has no page then. */
  hasPracticePage: boolean;
};

/** Everything that is known of a link. */
export function LinkDetails({ scope, link, hasPracticePage }: LinkDetailsProps) {
  const { practice } = link;
  return (
    <Card aria-labelledby="link-facts">
      <CardHeader id="link-facts" title="Details" />
      <DescriptionList>
        <DescriptionItem term="Practice">
          {hasPracticePage ? (
            <Link href={portalPath(scope, `/practices/${practice.id}`)} className="link">
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
        </DescriptionItem>
        <DescriptionItem term="Environment">{environmentNames[scope.environment]}</DescriptionItem>
        <DescriptionItem term="For">{audienceNames[link.audience]}</DescriptionItem>
        {link.patientId ? (
          <DescriptionItem term="Hero patient id">
            <Identifier value={link.patientId} label="Copy Hero patient id" />
          </DescriptionItem>
        ) : null}
        {link.form ? (
          <DescriptionItem term="Form">{link.form.name}</DescriptionItem>
        ) : (
          <>
            <DescriptionItem term="Appointment type">{link.appointmentType?.name}</DescriptionItem>
            <DescriptionItem term="Location">{link.location?.name}</DescriptionItem>
            <DescriptionItem term="Practitioner">
              {link.practitioner?.name ?? "Anyone"}
            </DescriptionItem>
            <DescriptionItem term="Days to choose from">{describeWindow(link)}</DescriptionItem>
          </>
        )}
        <DescriptionItem term="Expires">
          End of <LocalDate date={link.expiresOn} length="long" />, UK time
        </DescriptionItem>
        <DescriptionItem term="Bookings allowed">
          {link.maxUses.toLocaleString("en-GB")}
        </DescriptionItem>
        {link.tags.length > 0 ? (
          <DescriptionItem term="Tags">{link.tags.join(", ")}</DescriptionItem>
        ) : null}
        {link.reference ? (
          <DescriptionItem term="Your reference">{link.reference}</DescriptionItem>
        ) : null}
        {link.bulkUploadId ? (
          <DescriptionItem term="Made with">
            <Link
              href={portalPath(scope, `/links/bulk-uploads/${link.bulkUploadId}`)}
              className="link"
            >
              A file of rows
            </Link>
          </DescriptionItem>
        ) : null}
        <DescriptionItem term="Name">
          {link.name ?? <span className="text-muted">None</span>}
        </DescriptionItem>
        <DescriptionItem term={wasCreated(link) ? "Made by" : "Asked for by"}>
          {link.createdBy}
          <div className="text-sm text-muted">
            <Timestamp iso={link.createdAt} />
          </div>
        </DescriptionItem>
        <DescriptionItem term="Operation id">
          <Identifier value={link.operationId} label="Copy operation id" />
        </DescriptionItem>
      </DescriptionList>
    </Card>
  );
}
