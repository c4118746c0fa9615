"use client";

import { useRef } from "react";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/components/ui/format-count";
import { Notice } from "@/components/ui/notice";
import { createTemplate } from "../template";
import { CheckStep } from "./check-step";
import { describeFile } from "./describe-file";
import { FileStep } from "./file-step";
import { ReadChoice } from "./read-choice";
import { UploadForm } from "./upload-form";
import { SetUpStep } from "./set-up-step";
import { useCloseWarning } from "./use-close-warning";
import { type NewBulkUploadInput, useNewBulkUpload } from "./use-new-bulk-upload";

type NewBulkUploadProps = NewBulkUploadInput & { defaultName: string };

/** From a file to uploaded rows: read, set up, check, upload. */
export function NewBulkUpload(props: NewBulkUploadProps) {
  const { scope, practices, today, defaultName } = props;
  const bulkUpload = useNewBulkUpload(props);
  const { state } = bulkUpload;
  const checkStepRef = useRef<HTMLDivElement>(null);
  useCloseWarning(
    state.step !== "file" && state.step !== "uploaded",
    "Your rows have not been uploaded. Leave this page and lose them?",
  );

  if (state.step === "uploaded") {
    return (
      <p role="status" className="text-muted">
        All rows are uploaded. Opening the bulk upload…
      </p>
    );
  }
  const problem = state.problem ? (
    <Notice tone="danger" role="alert" title="The file cannot be used">
      {state.problem}
    </Notice>
  ) : null;
  if (state.step === "file") {
    return (
      <div className="flex flex-col gap-5">
        {problem}
        {state.retry ? (
          <ReadChoice
            key={state.problem}
            retry={state.retry}
            onChoose={(source, choices) => void bulkUpload.readSource(source, choices)}
          />
        ) : null}
        <FileStep
          description="Up to 50,000 rows below one row of headings. They are checked in your browser, and nothing is uploaded until you confirm."
          template={{ createFile: createTemplate, fileName: "links-template.csv" }}
          pending={state.isReading}
          onSource={(source) => void bulkUpload.readSource(source)}
        />
      </div>
    );
  }

  const { fileInfo, draft } = state;
  const checkResult = state.step === "set-up" ? null : state.checkResult;
  const isUploading = state.step === "upload";
  async function checkRows(allowsDuplicates: boolean) {
    const isChecked = await bulkUpload.checkRows(draft, allowsDuplicates);
    if (isChecked) scrollToHeading(checkStepRef);
    return isChecked;
  }

  return (
    <div className="flex flex-col gap-5">
      {problem}
      <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line bg-surface px-4 py-3 sm:px-5">
        <p role="status">
          <span className="font-semibold">{formatCount(fileInfo.rowCount, "row")}</span>
          <span className="text-muted">{describeFile(fileInfo)}</span>
        </p>
        <Button size="sm" pending={isUploading} onClick={bulkUpload.reset}>
          Select another file
        </Button>
      </div>
      {isUploading ? null : (
        <SetUpStep
          fileInfo={fileInfo}
          draft={draft}
          onDraftChange={(changes) => bulkUpload.changeDraft({ ...draft, ...changes })}
          practices={practices}
          practiceLists={bulkUpload.getPracticeLists(draft)}
          today={today}
          pending={state.isChecking}
          onCheck={() => void checkRows(checkResult?.settings.allowsDuplicates ?? false)}
        />
      )}
      {checkResult ? (
        <div ref={checkStepRef}>
          <CheckStep
            callWorker={bulkUpload.callWorker}
            summary={checkResult.summary}
            headings={fileInfo.headings}
            duplicates={
              checkResult.settings.audience === "patients"
                ? { isAllowed: checkResult.settings.allowsDuplicates, onChange: checkRows }
                : null
            }
            onCellChange={bulkUpload.changeCell}
            isUploading={isUploading}
          >
            <UploadForm
              scope={scope}
              summary={checkResult.summary}
              settings={checkResult.settings}
              defaultName={defaultName}
              isChecking={state.isChecking}
              uploadedCount={state.step === "upload" ? state.uploadedCount : null}
              uploadProblem={state.step === "check" ? state.uploadProblem : null}
              onUpload={(name) => void bulkUpload.upload(name)}
            />
          </CheckStep>
        </div>
      ) : null}
    </div>
  );
}

/** Focuses a step that is about to appear. A busy page may take some frames to render it. */
function scrollToHeading(container: { current: HTMLElement | null }, maxFrames = 120) {
  requestAnimationFrame(() => {
    const heading = container.current?.querySelector<HTMLElement>("h2");
    if (!heading) {
      if (maxFrames > 0) scrollToHeading(container, maxFrames - 1);
      return;
    }
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
    container.current?.scrollIntoView({ block: "start" });
  });
}
