import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import type { PracticeOption } from "@/server/schemas/practices";
import type { PracticeLists } from "../reader/name-lookup";
import type { FieldName } from "../reader/fields";
import { ListSelect } from "./list-select";
import type { UploadDraft, DraftFieldName } from "./draft";

export type DraftFieldsProps = {
  draft: UploadDraft;
  onDraftChange: (changes: Partial<UploadDraft>) => void;
  errorOf: (field: DraftFieldName) => string | undefined;
};

type SubjectFieldsProps = DraftFieldsProps & {
  practices: readonly PracticeOption[];
  /** Null while they load, or while no practice is selected. */
  lists: PracticeLists | null;
};

/** Defaults for rows without their own values. */
export function SubjectFields({
  draft,
  onDraftChange,
  errorOf,
  practices,
  lists,
}: SubjectFieldsProps) {
  const { columns } = draft;
  const isPerRow = (field: FieldName) => columns[field] !== undefined;
  const emptyLabel = (field: FieldName, fallback: string) =>
    isPerRow(field) ? "From the file" : fallback;
  const hint = (field: FieldName) =>
    isPerRow(field) ? "Used for rows where this cell is empty." : undefined;
  const selectProps = (key: "appointmentTypeId" | "locationId" | "practitionerId" | "formId") => ({
    name: key,
    value: draft[key],
    onChange: (value: string) => onDraftChange({ [key]: value }),
    error: errorOf(key),
  });

  return (
    <fieldset>
      <legend className="mb-4 text-lg font-semibold">
        {draft.kind === "form" ? "Form" : "Appointment"}
      </legend>
      <div className="flex flex-col gap-5">
        <ListSelect
          label="Practice"
          name="practiceId"
          value={draft.practiceId}
          onChange={(practiceId) =>
            onDraftChange({
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
          emptyLabel={emptyLabel("practice", "Select a practice")}
          hint={hint("practice")}
          error={errorOf("practiceId")}
        />
        {lists?.problem ? (
          <Notice tone="warning" title="Could not load options from Hero" role="status">
            {lists.problem}
          </Notice>
        ) : null}
        {draft.practiceId && !lists ? (
          <div role="status">
            <p className="mb-2 text-sm text-muted">Loading options…</p>
            <Skeleton className="h-9 rounded-md" />
          </div>
        ) : draft.kind === "form" ? (
          <ListSelect
            {...selectProps("formId")}
            label="Form"
            items={lists?.forms ?? []}
            emptyLabel={emptyLabel("form", "Select a form")}
            hint={hint("form")}
          />
        ) : (
          <>
            <ListSelect
              {...selectProps("appointmentTypeId")}
              label="Appointment type"
              items={lists?.appointmentTypes ?? []}
              emptyLabel={emptyLabel("appointmentType", "Select an appointment type")}
              hint={hint("appointmentType")}
            />
            <div className="grid gap-5 sm:grid-cols-2">
              <ListSelect
                {...selectProps("locationId")}
                label="Location"
                items={lists?.locations ?? []}
                emptyLabel={emptyLabel("location", "Select a location")}
                hint={hint("location")}
              />
              <ListSelect
                {...selectProps("practitionerId")}
                label="Practitioner"
                items={lists?.practitioners ?? []}
                emptyLabel="Anyone"
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
