"use client";

import { useRouter } from "next/navigation";
import { useReducer } from "react";
import { toCallFailure } from "@/components/client";
import { describeFailure } from "@/components/forms/use-form-submit";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import type { PracticeOption } from "@/server/schemas/practices";
import { recogniseColumns, toHeadingsByField } from "../reader/fields";
import type { CellChange, ReadChoices } from "../reader/messages";
import type { UploadSettings } from "../reader/upload-settings";
import { useFileWorker } from "../reader/use-file-worker";
import { createDraft, selectUsableColumns, toRowDefaults, type UploadDraft } from "./draft";
import { listNamedPractices } from "./named-practices";
import { uploadRows } from "./upload-rows";
import { initialState, uploadReducer } from "./upload-state";
import { usePracticeLists } from "./use-practice-lists";

export type NewBulkUploadInput = {
  scope: PortalScope;
  practices: readonly PracticeOption[];
  /** Heading by field, of earlier files, newest first. */
  savedColumns: readonly Record<string, string>[];
  /** The practice that the page was opened for. */
  practiceId: string | null;
  /** The date in the United Kingdom. */
  today: string;
};

/** Reads a file, checks its rows and uploads the valid ones. */
export function useNewBulkUpload(input: NewBulkUploadInput) {
  const { scope, practices, savedColumns, practiceId, today } = input;
  const router = useRouter();
  const callWorker = useFileWorker();
  const practiceLists = usePracticeLists(scope);
  const [state, dispatch] = useReducer(uploadReducer, initialState);

  function preloadLists(draft: UploadDraft) {
    if (draft.practiceId) practiceLists.preload(practices, draft.practiceId, draft.kind);
  }

  async function readSource(source: File | string, choices: ReadChoices = {}) {
    dispatch({ type: "reading" });
    try {
      const result = await callWorker("readFile", { source, ...choices });
      if ("problem" in result) {
        const retry = { source, choices, options: result };
        return dispatch({ type: "reading-failed", problem: result.problem, retry });
      }
      const columns = recogniseColumns(result.headings, savedColumns);
      const onlyPracticeId = practices.length === 1 ? practices[0]?.id : undefined;
      const draft = createDraft(
        columns,
        practiceId ?? onlyPracticeId ?? "",
        today,
        result.headings,
      );
      dispatch({ type: "read", fileInfo: result, draft });
      preloadLists(draft);
    } catch {
      dispatch({
        type: "reading-failed",
        problem: "This file could not be processed. Try a smaller one.",
      });
    }
  }

  function changeDraft(draft: UploadDraft) {
    dispatch({ type: "draft-changed", draft });
    preloadLists(draft);
  }

  /** @returns whether the check succeeded */
  async function checkRows(
    draft: UploadDraft,
    allowsDuplicates: boolean,
    change?: CellChange,
  ): Promise<boolean> {
    dispatch({ type: "checking" });
    try {
      if (change) await callWorker("changeCell", change);
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
      const checkResult = { settings, summary, operationId: crypto.randomUUID() };
      dispatch({ type: "checked", draft, checkResult });
      return true;
    } catch {
      dispatch({
        type: "checking-failed",
        problem: "The rows could not be checked. Select the file again.",
      });
      return false;
    }
  }

  /** Changes a cell and checks the rows again. @returns whether that succeeded */
  async function changeCell(change: CellChange): Promise<boolean> {
    if (state.step !== "check") return false;
    return checkRows(state.draft, state.checkResult.settings.allowsDuplicates, change);
  }

  async function upload(name: string) {
    if (state.step !== "check" || state.isChecking) return;
    const { settings, summary, operationId } = state.checkResult;
    const onProgress = (uploadedCount: number) => dispatch({ type: "uploading", uploadedCount });
    onProgress(0);
    try {
      const bulkUploadId = await uploadRows(
        scope,
        callWorker,
        {
          operationId,
          name,
          kind: settings.kind,
          rowCount: summary.validCount,
          allowsDuplicates: settings.allowsDuplicates,
          columns: toHeadingsByField(settings.columns, state.fileInfo.headings),
        },
        onProgress,
      );
      dispatch({ type: "uploaded" });
      router.push(portalPath(scope, `/links/bulk-uploads/${bulkUploadId}`));
    } catch (error) {
      dispatch({ type: "uploading-failed", problem: describeFailure(toCallFailure(error)) });
    }
  }

  return {
    state,
    callWorker,
    readSource,
    changeDraft,
    checkRows,
    changeCell,
    upload,
    getPracticeLists: ({ practiceId: id, kind }: UploadDraft) => practiceLists.get(id, kind),
    reset: () => dispatch({ type: "reset" }),
  };
}
