"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { toCallFailure } from "@/components/client";
import { describeFailure } from "@/components/forms/use-form-submit";
import { formatCount } from "@/components/ui/format-count";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { PracticeOption } from "@/server/schemas/practices";
import type { CheckSummary } from "../reader/check-table";
import { toHeadingsByField, guessColumns, findSavedColumns } from "../reader/fields";
import type { FileInfo } from "../reader/messages";
import type { UploadSettings } from "../reader/upload-settings";
import { useFileWorker } from "../reader/use-file-worker";
import { CheckStep } from "./check-step";
import { describeFile } from "./describe-file";
import { type UploadDraft, createDraft, selectUsableColumns, toRowDefaults } from "./draft";
import { FileStep } from "./file-step";
import { ReviewStep } from "./review-step";
import { uploadRows } from "./upload-rows";
import { SetUpStep } from "./set-up-step";
import { listNamedPractices } from "./named-practices";
import { useCloseWarning } from "./use-close-warning";
import { usePracticeLists } from "./use-practice-lists";

type NewBulkUploadProps = {
  scope: PortalScope;
  practices: readonly PracticeOption[];
  /** Field to heading of earlier files, newest first. */
  savedColumns: readonly Record<string, string>[];
  /** The practice that the page was opened for. */
  practiceId: string | null;
  /** The day it is in the United Kingdom. */
  today: string;
  defaultName: string;
};

type CheckResult = { settings: UploadSettings; summary: CheckSummary; operationId: string };

/** From a file to rows that wait in the portal: read, set up, check, review, send. */
export function NewBulkUpload(props: NewBulkUploadProps) {
  const { scope, practices, savedColumns, practiceId, today, defaultName } = props;
  const router = useRouter();
  const callWorker = useFileWorker();
  const [activity, setActivity] = useState<"reading" | "checking" | null>(null);
  const [fileProblem, setFileProblem] = useState<string | null>(null);
  const [fileInfo, setFileInfo] = useState<FileInfo | null>(null);
  const [draft, setDraft] = useState<UploadDraft | null>(null);
  const [checkResult, setCheckResult] = useState<CheckResult | null>(null);
  const [isReviewing, setIsReviewing] = useState(false);
  const [sentCount, setSentCount] = useState<number | null>(null);
  const [uploadProblem, setUploadProblem] = useState<string | null>(null);
  const practiceLists = usePracticeLists(scope);
  const checkStepRef = useRef<HTMLDivElement>(null);
  const reviewStepRef = useRef<HTMLDivElement>(null);
  useCloseWarning(fileInfo !== null);

  function reset() {
    setFileInfo(null);
    setDraft(null);
    setCheckResult(null);
    setIsReviewing(false);
    setUploadProblem(null);
  }

  async function readSource(source: File | string) {
    setActivity("reading");
    setFileProblem(null);
    reset();
    try {
      const result = await callWorker("readFile", { source });
      if ("problem" in result) setFileProblem(result.problem);
      else {
        const columns =
          findSavedColumns(result.headings, savedColumns) ?? guessColumns(result.headings);
        const onlyPracticeId = practices.length === 1 ? practices[0]?.id : undefined;
        const newDraft = createDraft(columns, practiceId ?? onlyPracticeId ?? "", today);
        setFileInfo(result);
        setDraft(newDraft);
        if (newDraft.practiceId)
          practiceLists.preload(practices, newDraft.practiceId, newDraft.kind);
      }
    } catch {
      setFileProblem("This file could not be worked with. Try a smaller one.");
    }
    setActivity(null);
  }

  function updateDraft(changes: Partial<UploadDraft>) {
    if (!draft) return;
    const next = { ...draft, ...changes };
    setDraft(next);
    // What was checked was checked for another choice.
    setCheckResult(null);
    setIsReviewing(false);
    if (next.practiceId) practiceLists.preload(practices, next.practiceId, next.kind);
  }

  async function checkRows(allowsDuplicates: boolean) {
    if (!draft) return;
    setActivity("checking");
    setIsReviewing(false);
    setFileProblem(null);
    try {
      const columns = selectUsableColumns(draft);
      const namedPractices = await listNamedPractices(
        callWorker,
        columns,
        practices,
        draft.practiceId,
      );
      const settings: UploadSettings = {
        kind: draft.kind,
        audience: draft.audience,
        columns,
        defaults: toRowDefaults(draft),
        practices: await practiceLists.loadAll(namedPractices, draft.kind),
        today,
        allowsDuplicates,
      };
      const summary = await callWorker("checkRows", { settings });
      setCheckResult({ settings, summary, operationId: crypto.randomUUID() });
      scrollToHeading(checkStepRef);
    } catch {
      setFileProblem("The rows could not be checked. Choose the file again.");
    }
    setActivity(null);
  }

  async function upload(name: string) {
    if (!checkResult || !fileInfo) return;
    const { settings, summary, operationId } = checkResult;
    setUploadProblem(null);
    setSentCount(0);
    try {
      const bulkUploadId = await uploadRows(
        scope,
        callWorker,
        {
          operationId,
          name,
          kind: settings.kind,
          rowCount: summary.validCount,
          columns: toHeadingsByField(settings.columns, fileInfo.headings),
        },
        setSentCount,
      );
      setFileInfo(null);
      router.push(portalPath(scope, `/links/bulk-uploads/${bulkUploadId}`));
    } catch (error) {
      setUploadProblem(describeFailure(toCallFailure(error)));
      setSentCount(null);
    }
  }

  return (
    <div className="flex flex-col gap-5">
      {fileProblem ? (
        <Notice tone="danger" role="alert" title="The file cannot be used as it is">
          {fileProblem}
        </Notice>
      ) : null}
      {fileInfo && draft ? (
        <>
          <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line bg-surface px-4 py-3 sm:px-5">
            <p role="status">
              <span className="font-semibold">{formatCount(fileInfo.rowCount, "row")}</span>
              <span className="text-muted">{describeFile(fileInfo)}</span>
            </p>
            <Button size="sm" pending={sentCount !== null} onClick={reset}>
              Another file
            </Button>
          </div>
          {sentCount === null ? (
            <SetUpStep
              fileInfo={fileInfo}
              draft={draft}
              onDraftChange={updateDraft}
              practices={practices}
              practiceLists={practiceLists.get(draft.practiceId, draft.kind)}
              today={today}
              pending={activity === "checking"}
              onCheck={() => void checkRows(false)}
            />
          ) : null}
          {checkResult ? (
            <>
              <div ref={checkStepRef}>
                <CheckStep
                  callWorker={callWorker}
                  summary={checkResult.summary}
                  headings={fileInfo.headings}
                  allowsDuplicates={checkResult.settings.allowsDuplicates}
                  onAllowDuplicatesChange={(isAllowed) => void checkRows(isAllowed)}
                  isReviewing={isReviewing}
                  onContinue={() => {
                    setIsReviewing(true);
                    scrollToHeading(reviewStepRef);
                  }}
                />
              </div>
              {isReviewing ? (
                <div ref={reviewStepRef}>
                  <ReviewStep
                    scope={scope}
                    summary={checkResult.summary}
                    settings={checkResult.settings}
                    defaultName={defaultName}
                    sentCount={sentCount}
                    uploadProblem={uploadProblem}
                    onUpload={(name) => void upload(name)}
                  />
                </div>
              ) : null}
            </>
          ) : null}
        </>
      ) : (
        <FileStep pending={activity === "reading"} onSource={(source) => void readSource(source)} />
      )}
    </div>
  );
}

/**
 * Brings what is about to appear into view, and the keyboard with it. A busy page may take some frames to
 * draw it.
 */
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
