"use client";

import { CalendarPlus, ClipboardList, User, Users } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { ChoiceCards } from "@/components/form-kit/choice-cards";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import type { PracticeOption } from "@/server/schemas/practices";
import type { PracticeLists } from "../reader/catalogue";
import type { FileFacts } from "../reader/messages";
import { ColumnFields } from "./column-fields";
import { type Draft, findDraftFaults, usableFields } from "./draft";
import { LimitFields } from "./limit-fields";
import { WhatFields } from "./what-fields";

type SetUpStepProps = {
  facts: FileFacts;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  practices: readonly PracticeOption[];
  lists: PracticeLists | null;
  today: string;
  /** True while rows are being checked. */
  pending: boolean;
  onCheck: () => void;
};

/** What the columns are, and what holds for all rows. */
export function SetUpStep(props: SetUpStepProps) {
  const { facts, draft, change, practices, lists, today, pending, onCheck } = props;
  const [faults, setFaults] = useState<(SummaryError & { field: string })[]>([]);
  const wasTried = useRef(false);
  const shown = wasTried.current ? findDraftFaults(draft, today) : [];
  const fields = {
    draft,
    change,
    errorOf: (field: string) => shown.find((fault) => fault.field === field)?.message,
  };

  function submit(event: FormEvent) {
    event.preventDefault();
    if (pending) return;
    wasTried.current = true;
    const found = findDraftFaults(draft, today);
    setFaults(found);
    if (found.length === 0) onCheck();
  }

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-5">
      <ErrorSummary title="The rows cannot be checked yet" errors={faults} />
      <Card className="flex flex-col gap-6 sm:p-6!">
        <ChoiceCards
          legend="What kind of link"
          name="kind"
          value={draft.kind}
          onChange={(kind) => change({ kind })}
          choices={[
            {
              value: "booking",
              title: "Booking links",
              text: "To choose a time for an appointment.",
              icon: <CalendarPlus />,
            },
            {
              value: "form",
              title: "Form links",
              text: "To answer one of the practice's forms.",
              icon: <ClipboardList />,
            },
          ]}
        />
        <ChoiceCards
          legend="Who each link is for"
          name="audience"
          value={draft.audience}
          onChange={(audience) => change({ audience })}
          choices={[
            {
              value: "patients",
              title: "One patient a row",
              text: "Each patient is looked up in the practice, which may register a temporary patient in its record.",
              icon: <User />,
            },
            {
              value: "anyone",
              title: "Anyone",
              text: "Links that name nobody. Columns about patients are not used.",
              icon: <Users />,
            },
          ]}
        />
        <ColumnFields
          facts={facts}
          columns={draft.columns}
          onChange={(columns) => change({ columns })}
          isUsable={usableFields(draft)}
          error={fields.errorOf("columns")}
        />
      </Card>
      <Card className="flex flex-col gap-8 sm:p-6!">
        <WhatFields {...fields} practices={practices} lists={lists} />
        <LimitFields {...fields} today={today} />
      </Card>
      <div>
        <Button type="submit" variant="primary" pending={pending}>
          {pending ? "Checking…" : "Check the rows"}
        </Button>
      </div>
    </form>
  );
}
