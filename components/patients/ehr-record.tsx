import { CircleCheck, CircleMinus, TriangleAlert } from "lucide-react";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { formatLocalDate } from "@/server/schemas/dates";
import type { ComparedRecord, EhrCandidateView } from "@/server/schemas/patient-ehr";
import { describeAgreement } from "./ehr-words";

const notRecorded = <span className="text-muted">Not recorded</span>;

/** What a record says about who the person is. */
export function EhrRecordDetails({ record }: { record: ComparedRecord }) {
  const { name, dateOfBirth, sex, nhsNumberEnding, address, isLocationHidden } = record;
  return (
    <DescriptionList>
      <DescriptionItem term="Name">
        {name ? <span className="font-semibold">{name}</span> : notRecorded}
      </DescriptionItem>
      <DescriptionItem term="Date of birth">
        {dateOfBirth ? formatLocalDate(dateOfBirth) : notRecorded}
      </DescriptionItem>
      <DescriptionItem term="Sex">{sex ?? notRecorded}</DescriptionItem>
      <DescriptionItem term="NHS number">
        {nhsNumberEnding ? <>Ends in {nhsNumberEnding}</> : notRecorded}
      </DescriptionItem>
      <DescriptionItem term="Address">
        {isLocationHidden ? (
          <span className="text-muted">Not shown for a restricted record</span>
        ) : (
          (address ?? notRecorded)
        )}
      </DescriptionItem>
    </DescriptionList>
  );
}

type EhrAgreementsProps = Pick<EhrCandidateView, "comparison" | "differences">;

/** What agrees and what differs, in words. */
export function EhrAgreements({ comparison, differences }: EhrAgreementsProps) {
  return (
    <ul className="flex flex-col gap-1.5">
      {comparison.map(({ field, agreement }) => {
        const isDifference = differences.includes(field);
        const Icon = isDifference
          ? TriangleAlert
          : agreement === "same"
            ? CircleCheck
            : CircleMinus;
        return (
          <li key={field} className="flex items-start gap-2">
            <Icon
              aria-hidden="true"
              className={`mt-1 size-4 shrink-0 ${isDifference ? "text-ending" : agreement === "same" ? "text-live" : "text-subtle"}`}
            />
            <span className={isDifference ? "font-semibold" : undefined}>
              {describeAgreement(field, agreement)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
