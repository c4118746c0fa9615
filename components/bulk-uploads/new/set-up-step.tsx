"use client";

import { CalendarPlus, ClipboardList, User, Users } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { ChoiceCards } from "@/components/forms/choice-cards";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import type { PracticeOption } from "@/server/schemas/practices";
import type { PracticeLists } from "../reader/name-lookup";
import type { FileInfo } from "../reader/messages";
import { ColumnFields } from "./column-fields";
import { type UploadDraft, validateDraft, usableFieldFilter } from "./draft";
import { LimitFields } from "./limit-fields";
import { SubjectFields } from "./subject-fields";

type SetUpStepProps = {
  fileInfo: FileInfo;
  draft: UploadDraft;
  onDraftChange: (changes: Partial<UploadDraft>) => void;
  practices: readonly PracticeOption[];
  practiceLists: PracticeLists | null;
  today: string;
  pending: boolean;
  onCheck: () => void;
};

export function SetUpStep(props: SetUpStepProps) {
  const { fileInfo, draft, onDraftChange, practices, practiceLists, today, pending, onCheck } =
    props;
  const [submitErrors, setSubmitErrors] = useState<(SummaryError & { field: string })[]>([]);
  const hasSubmitted = useRef(false);
  const currentErrors = hasSubmitted.current ? validateDraft(draft, today) : [];
  const fieldProps = {
    draft,
    onDraftChange,
    errorOf: (field: string) => currentErrors.find((error) => error.field === field)?.message,
  };

  function submit(event: FormEvent) {
    event.preventDefault();
    if (pending) return;
    hasSubmitted.current = true;
    const newErrors = validateDraft(draft, today);
    setSubmitErrors(newErrors);
    if (newErrors.length === 0) onCheck();
  }

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-5">
      <ErrorSummary title="The rows cannot be checked yet" errors={submitErrors} />
      <Card className="flex flex-col gap-6 sm:p-6!">
        <ChoiceCards
          legend="Link type"
          name="kind"
          value={draft.kind}
          onChange={(kind) => onDraftChange({ kind })}
          choices={[
            {
              value: "booking",
              title: "Booking links",
              text: "Patients choose a time for an appointment.",
              icon: <CalendarPlus />,
            },
            {
              value: "form",
              title: "Form links",
              text: "Patients fill in one of the practice's forms.",
              icon: <ClipboardList />,
            },
          ]}
        />
        <ChoiceCards
          legend="Who each link is for"
          name="audience"
          value={draft.audience}
          onChange={(audience) => onDraftChange({ audience })}
          choices={[
            {
              value: "patients",
              title: "One patient per row",
              text: "We find each patient at the practice. This may register a temporary patient in its record.",
              icon: <User />,
            },
            {
              value: "anyone",
              title: "Anyone",
              text: "Links without a patient. Patient columns are not used.",
              icon: <Users />,
            },
          ]}
        />
        <ColumnFields
          description="Your selection is saved for files with the same headings, except headings that could mean different things. Columns that are not used are not uploaded."
          fileInfo={fileInfo}
          columns={draft.columns}
          undecidedColumns={draft.undecidedColumns}
          onChange={(columns, undecidedColumns) => onDraftChange({ columns, undecidedColumns })}
          isUsable={usableFieldFilter(draft)}
          error={fieldProps.errorOf("columns")}
        />
      </Card>
      <Card className="flex flex-col gap-8 sm:p-6!">
        <SubjectFields {...fieldProps} practices={practices} lists={practiceLists} />
        <LimitFields {...fieldProps} today={today} />
      </Card>
      <div>
        <Button type="submit" variant="primary" pending={pending}>
          {pending ? "Checking…" : "Check rows"}
        </Button>
      </div>
    </form>
  );
}
