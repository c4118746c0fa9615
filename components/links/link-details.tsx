import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Identifier } from "@/components/ui/identifier";
import { LocalDate, Timestamp } from "@/components/ui/timestamp";
import { linkTextFields } from "@/server/schemas/links/rules";
import type { LinkView } from "@/server/schemas/links/view";
import { audienceName, describeWindow, linkTextNames, wasCreated } from "./labels";

const formatText = (value: string | string[] | null) =>
  Array.isArray(value) ? value.join(", ") : value;

type LinkDetailsProps = {
  scope: PortalScope;
  link: LinkView;
  /** False after the practice is disconnected. */
  hasPracticePage: boolean;
};

/** What the header, state and usage of a link's page do not say about it. */
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
            <Identifier value={practice.practiceGroupId} label="Copy practice group ID" />
          </div>
        </DescriptionItem>
        <DescriptionItem term="For">{audienceName(link)}</DescriptionItem>
        {link.patientId ? (
          <DescriptionItem term="Hero patient ID">
            <Identifier value={link.patientId} label="Copy Hero patient ID" />
          </DescriptionItem>
        ) : null}
        {link.form ? (
          <DescriptionItem term="Form">{link.form.name}</DescriptionItem>
        ) : link.kind === "video" ? null : (
          <>
            <DescriptionItem term="Appointment type">{link.appointmentType?.name}</DescriptionItem>
            <DescriptionItem term="Location">{link.location?.name}</DescriptionItem>
            <DescriptionItem term="Practitioner">
              {link.practitioner?.name ?? "Any practitioner"}
            </DescriptionItem>
            <DescriptionItem term="Appointment dates">{describeWindow(link)}</DescriptionItem>
          </>
        )}
        <DescriptionItem term="Expiry date">
          End of <LocalDate date={link.expiresOn} length="long" />, UK time
        </DescriptionItem>
        {wasCreated(link) || link.maxUses === null ? null : (
          <DescriptionItem term={link.kind === "form" ? "Responses allowed" : "Bookings allowed"}>
            {link.maxUses.toLocaleString("en-GB")}
          </DescriptionItem>
        )}
        {linkTextFields.map((field) => {
          const text = formatText(link[field]);
          // The name is the page's title.
          return text && field !== "name" ? (
            <DescriptionItem key={field} term={linkTextNames[field]}>
              {text}
            </DescriptionItem>
          ) : null;
        })}
        <DescriptionItem term={wasCreated(link) ? "Created by" : "Requested by"}>
          {link.createdBy}
          {link.bulkUploadId ? (
            <>
              {", "}
              <Link
                href={portalPath(scope, `/links/bulk-uploads/${link.bulkUploadId}`)}
                className="link"
              >
                bulk upload
              </Link>
            </>
          ) : null}
          <div className="text-sm text-muted">
            <Timestamp iso={link.createdAt} />
          </div>
        </DescriptionItem>
        <DescriptionItem term="Operation ID">
          <Identifier value={link.operationId} label="Copy operation ID" />
        </DescriptionItem>
      </DescriptionList>
    </Card>
  );
}
