import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import type { PracticeOption } from "@/server/schemas/practices";
import type { PracticeLists } from "../reader/catalogue";
import type { FieldName } from "../reader/fields";
import { ChoiceField } from "./choice-field";
import type { Draft, DraftField } from "./draft";

export type DraftFieldsProps = {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  errorOf: (field: DraftField) => string | undefined;
};

type WhatFieldsProps = DraftFieldsProps & {
  practices: readonly PracticeOption[];
  /** Hero's lists of the chosen practice; null while they are read, or while none is chosen. */
  lists: PracticeLists | null;
};

/** Which practice, and what of it, for rows that do not say so themselves. */
export function WhatFields({ draft, change, errorOf, practices, lists }: WhatFieldsProps) {
  const { columns } = draft;
  const isPerRow = (field: FieldName) => columns[field] !== undefined;
  const none = (field: FieldName, otherwise: string) =>
    isPerRow(field) ? "Each row says" : otherwise;
  const hint = (field: FieldName) =>
    isPerRow(field) ? "For rows whose own cell is empty." : undefined;
  const choice = (key: "appointmentTypeId" | "locationId" | "practitionerId" | "formId") => ({
    name: key,
    value: draft[key],
    onChange: (value: string) => change({ [key]: value }),
    error: errorOf(key),
  });

  return (
    <fieldset>
      <legend className="mb-4 text-lg font-semibold">
        {draft.kind === "form" ? "Which form" : "What they may book"}
      </legend>
      <div className="flex flex-col gap-5">
        <ChoiceField
          label="Practice"
          name="practiceId"
          value={draft.practiceId}
          onChange={(practiceId) =>
            change({
              practiceId,
              appointmentTypeId: "",
              locationId: "",
              practitionerId: "",
              formId: "",
            })
          }
          items={practices.map(({ id, name, practiceGroupId }) => ({
            id,
            name: `${name} (${practiceGroupId})`,
          }))}
          none={none("practice", "Choose a practice")}
          hint={hint("practice")}
          error={errorOf("practiceId")}
        />
        {lists?.problem ? (
          <Notice tone="warning" title="Hero's lists could not be read" role="status">
            {lists.problem}
          </Notice>
        ) : null}
        {draft.practiceId && !lists ? (
          <div role="status">
            <p className="mb-2 text-sm text-muted">Reading Hero's lists…</p>
            <Skeleton className="h-9 rounded-md" />
          </div>
        ) : draft.kind === "form" ? (
          <ChoiceField
            {...choice("formId")}
            label="Form"
            items={lists?.forms ?? []}
            none={none("form", "Choose a form")}
            hint={hint("form")}
          />
        ) : (
          <>
            <ChoiceField
              {...choice("appointmentTypeId")}
              label="Appointment type"
              items={lists?.appointmentTypes ?? []}
              none={none("appointmentType", "Choose an appointment type")}
              hint={hint("appointmentType")}
            />
            <div className="grid gap-5 sm:grid-cols-2">
              <ChoiceField
                {...choice("locationId")}
                label="Location"
                items={lists?.locations ?? []}
                none={none("location", "Choose a location")}
                hint={hint("location")}
              />
              <ChoiceField
                {...choice("practitionerId")}
                label="Practitioner"
                items={lists?.practitioners ?? []}
                none="Anyone"
                isOptional
                hint={hint("practitioner")}
              />
            </div>
          </>
        )}
      </div>
    </fieldset>
  );
}
