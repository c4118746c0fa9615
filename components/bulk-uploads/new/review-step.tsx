"use client";

import { type FormEvent, useState } from "react";
import { formatCount } from "@/components/ui/format-count";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { formatLocalDate } from "@/server/schemas/dates";
import { environmentNames } from "@/server/schemas/environment-names";
import { ProgressBar } from "../progress-bar";
import { maxNameCharacters, parseLinkText } from "@/server/schemas/links/rules";
import type { CheckSummary } from "../reader/check-table";
import type { UploadSettings } from "../reader/upload-settings";
import { describeExample, describeSubject } from "./describe-example";

type ReviewStepProps = {
  scope: PortalScope;
  summary: CheckSummary;
  settings: UploadSettings;
  /** What the bulk is called unless somebody changes it. */
  defaultName: string;
  /** Rows sent so far; null before and after. */
  sentCount: number | null;
  uploadProblem: string | null;
  onUpload: (name: string) => void;
};

const maxShownSubjects = 5;

/** Everything that will be asked of Hero, before a single row leaves the browser. */
export function ReviewStep(props: ReviewStepProps) {
  const { scope, summary, settings, defaultName, sentCount, uploadProblem, onUpload } = props;
  const [name, setName] = useState(defaultName);
  const [nameError, setNameError] = useState<string>();
  const { validCount, subjectCounts, example, earliestExpiresOn, latestExpiresOn } = summary;
  const hiddenCount = subjectCounts.length - maxShownSubjects;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (sentCount !== null) return;
    const parsed = parseLinkText(name, maxNameCharacters);
    const problem =
      "reason" in parsed ? parsed.reason : parsed.value === "" ? "Enter a name." : undefined;
    setNameError(problem);
    if (!problem) onUpload(name.trim());
  }

  return (
    <Card aria-labelledby="bulk-review">
      <CardHeader
        id="bulk-review"
        title={`${formatCount(validCount, "link")} to make`}
        description="Sending the rows makes no link yet. They are sealed, and the free slots are counted; then you start the work."
      />
      <form noValidate onSubmit={submit} className="flex flex-col gap-5">
        <DescriptionList>
          <DescriptionItem term="Environment">
            {environmentNames[scope.environment]}
          </DescriptionItem>
          <DescriptionItem term="Links">
            <ul className="flex flex-col gap-1">
              {subjectCounts.slice(0, maxShownSubjects).map((subjectCount) => (
                <li key={`${subjectCount.practiceId} ${subjectCount.subjectId}`}>
                  {subjectCount.linkCount.toLocaleString("en-GB")} ×{" "}
                  {describeSubject(subjectCount, settings.practices)}
                </li>
              ))}
              {hiddenCount > 0 ? <li>and {formatCount(hiddenCount, "more choice")}</li> : null}
            </ul>
          </DescriptionItem>
          <DescriptionItem term="Who they are for">
            {settings.audience === "patients"
              ? "One patient each. Each is looked up, which may register a temporary patient in the practice's record."
              : "Anyone who has the link."}
          </DescriptionItem>
          <DescriptionItem term="Expire">
            {earliestExpiresOn === null
              ? "–"
              : earliestExpiresOn === latestExpiresOn || latestExpiresOn === null
                ? formatLocalDate(earliestExpiresOn)
                : `${formatLocalDate(earliestExpiresOn)} to ${formatLocalDate(latestExpiresOn)}`}
          </DescriptionItem>
          {example ? (
            <DescriptionItem term={`For example, row ${example.rowNumber}`}>
              {describeExample(example, settings.kind, settings.practices)}
            </DescriptionItem>
          ) : null}
        </DescriptionList>
        <Field
          label="Name of this bulk"
          name="bulk-name"
          required
          hint="For your own list. Never a patient's name."
          error={nameError}
          className="max-w-xl"
        >
          {(ids) => (
            <Input
              {...ids}
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {uploadProblem ? (
          <Notice tone="danger" role="alert" title="The rows were not all sent">
            {uploadProblem} Send them again: those that arrived are not sent twice.
          </Notice>
        ) : null}
        {sentCount === null ? null : (
          <div className="flex max-w-xl flex-col gap-1.5">
            <ProgressBar label="Rows sent" value={sentCount} max={validCount} />
            <p role="status" className="text-sm text-muted tabular-nums">
              {sentCount.toLocaleString("en-GB")} of {validCount.toLocaleString("en-GB")} rows sent.
              Keep this page open.
            </p>
          </div>
        )}
        <div>
          <Button type="submit" variant="primary" pending={sentCount !== null}>
            {sentCount === null ? `Send ${formatCount(validCount, "row")}` : "Sending…"}
          </Button>
        </div>
      </form>
    </Card>
  );
}
