"use client";

import { type FormEvent, useState } from "react";
import { formatCount } from "@/components/ui/format-count";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
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

type UploadFormProps = {
  scope: PortalScope;
  summary: CheckSummary;
  settings: UploadSettings;
  defaultName: string;
  isChecking: boolean;
  /** Rows uploaded so far; null before and after. */
  uploadedCount: number | null;
  uploadProblem: string | null;
  onUpload: (name: string) => void;
};

const maxShownSubjects = 5;

/** What the valid rows become. Nothing leaves the browser before the form is sent. */
export function UploadForm(props: UploadFormProps) {
  const {
    scope,
    summary,
    settings,
    defaultName,
    isChecking,
    uploadedCount,
    uploadProblem,
    onUpload,
  } = props;
  const [name, setName] = useState(defaultName);
  const [nameError, setNameError] = useState<string>();
  const { validCount, subjectCounts, example, earliestExpiresOn, latestExpiresOn } = summary;
  const hiddenCount = subjectCounts.length - maxShownSubjects;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (uploadedCount !== null) return;
    const parsed = parseLinkText(name, maxNameCharacters);
    const problem =
      "reason" in parsed ? parsed.reason : parsed.value === "" ? "Enter a name." : undefined;
    setNameError(problem);
    if (!problem) onUpload(name.trim());
  }

  return (
    <section aria-labelledby="bulk-upload-links" className="flex flex-col gap-4">
      <div>
        <h3 id="bulk-upload-links" className="text-lg font-semibold">
          {formatCount(validCount, "link")} to create
        </h3>
        <p className="mt-0.5 text-sm text-muted">
          Uploading does not create links. On the next page you see the free slots, then create the
          links.
        </p>
      </div>
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
              {hiddenCount > 0 ? <li>and {hiddenCount.toLocaleString("en-GB")} more</li> : null}
            </ul>
          </DescriptionItem>
          <DescriptionItem term="Who they are for">
            {settings.audience === "patients"
              ? "One patient each. Finding a patient may register a temporary patient in the practice's record."
              : "Anyone with the link."}
          </DescriptionItem>
          <DescriptionItem term="Expiry">
            {earliestExpiresOn === null
              ? "–"
              : earliestExpiresOn === latestExpiresOn || latestExpiresOn === null
                ? formatLocalDate(earliestExpiresOn)
                : `${formatLocalDate(earliestExpiresOn)} to ${formatLocalDate(latestExpiresOn)}`}
          </DescriptionItem>
          {example ? (
            <DescriptionItem term={`Example: row ${example.rowNumber}`}>
              {describeExample(example, settings.kind, settings.practices)}
            </DescriptionItem>
          ) : null}
        </DescriptionList>
        <Field
          label="Name of this upload"
          name="upload-name"
          required
          hint="Shown in your list of uploads. Do not use a patient's name."
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
          <Notice tone="danger" role="alert" title="Not all rows were uploaded">
            {uploadProblem} Try again: rows that arrived are not uploaded twice.
          </Notice>
        ) : null}
        {uploadedCount === null ? null : (
          <div className="flex max-w-xl flex-col gap-1.5">
            <ProgressBar label="Rows uploaded" value={uploadedCount} max={validCount} />
            <p role="status" className="text-sm text-muted tabular-nums">
              {uploadedCount.toLocaleString("en-GB")} of {validCount.toLocaleString("en-GB")} rows
              uploaded. Keep this page open.
            </p>
          </div>
        )}
        <div>
          <Button type="submit" variant="primary" pending={isChecking || uploadedCount !== null}>
            {uploadedCount === null ? `Upload ${formatCount(validCount, "row")}` : "Uploading…"}
          </Button>
        </div>
      </form>
    </section>
  );
}
