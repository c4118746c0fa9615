"use client";

import { CheckStep } from "@/components/bulk-uploads/new/check-step";
import { ColumnFields } from "@/components/bulk-uploads/new/column-fields";
import { describeFile } from "@/components/bulk-uploads/new/describe-file";
import { FileStep } from "@/components/bulk-uploads/new/file-step";
import { ReadChoice } from "@/components/bulk-uploads/new/read-choice";
import { patientFields } from "@/components/bulk-uploads/reader/fields";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-count";
import { Notice } from "@/components/ui/notice";
import { csvByteOrderMark, toCsvLine } from "@/server/schemas/csv";
import type { RecipientsFile as RecipientsFileState } from "./use-recipients-file";

type RecipientsFileProps = { file: RecipientsFileState; isUploading: boolean };

/** The recipients as rows of a file: read, columns, and the rows with problems. */
export function RecipientsFile({ file, isUploading }: RecipientsFileProps) {
  const { state } = file;
  const problem = file.problem ? (
    <Notice tone="danger" role="alert" title="The file cannot be used">
      {file.problem}
    </Notice>
  ) : null;
  if (state.step === "file") {
    return (
      <div className="flex flex-col gap-5">
        {problem}
        {state.retry ? (
          <ReadChoice
            key={file.problem}
            retry={state.retry}
            onChoose={(source, choices) => void file.readSource(source, choices)}
          />
        ) : null}
        <FileStep
          description="Up to 50,000 patients, one in each row below the headings. They are checked in your browser first. Nothing is uploaded until you create the batch."
          template={{ createFile: createRecipientTemplate, fileName: "recipients-template.csv" }}
          pending={state.isReading}
          onSource={(source) => void file.readSource(source)}
        />
      </div>
    );
  }
  const { fileInfo, columns, undecidedColumns, columnProblem, summary, isChecking } = state;
  return (
    <div className="flex flex-col gap-5">
      {problem}
      <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line bg-surface px-4 py-3 sm:px-5">
        <p role="status">
          <span className="font-semibold">{formatCount(fileInfo.rowCount, "row")}</span>
          <span className="text-muted">{describeFile(fileInfo)}</span>
        </p>
        <Button size="sm" pending={isUploading} onClick={file.reset}>
          Select another file
        </Button>
      </div>
      {isUploading ? null : (
        <Card>
          <ColumnFields
            description="Only columns that say who the patients are can be used. The others are not uploaded."
            fileInfo={fileInfo}
            columns={columns}
            undecidedColumns={undecidedColumns}
            onChange={file.changeColumns}
            isUsable={(field) => patientFields.includes(field)}
            error={columnProblem ?? undefined}
          />
        </Card>
      )}
      {summary ? (
        <CheckStep
          callWorker={file.callWorker}
          summary={summary}
          headings={fileInfo.headings}
          duplicates={null}
          onCellChange={file.changeCell}
          isUploading={isUploading}
        >
          {summary.invalidCount > 0 ? (
            <p className="text-muted">
              {formatCount(summary.invalidCount, "row")} with problems will be left out. Fix{" "}
              {summary.invalidCount === 1 ? "it" : "them"} below, or download{" "}
              {summary.invalidCount === 1 ? "it" : "them"}.
            </p>
          ) : null}
        </CheckStep>
      ) : isChecking ? (
        <p role="status" className="text-muted">
          Checking rows…
        </p>
      ) : null}
    </div>
  );
}

/** Headings that the reader recognises. The NHS numbers are from the test range. */
const templateRows = [
  ["NHS number", "Date of birth"],
  ["999 000 0018", "14/02/1980"],
  ["999 000 0026", "3 Dec 1957"],
];

const createRecipientTemplate = () =>
  new Blob([csvByteOrderMark, ...templateRows.map(toCsvLine)], {
    type: "text/csv;charset=utf-8",
  });
