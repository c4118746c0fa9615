"use client";

import { useRef, useState } from "react";
import { findColumnProblem } from "@/components/bulk-uploads/new/draft";
import type { Retry } from "@/components/bulk-uploads/new/upload-state";
import type { RowSummary } from "@/components/bulk-uploads/reader/check-table";
import {
  type ColumnMapping,
  listUndecidedColumns,
  patientFields,
  recogniseColumns,
} from "@/components/bulk-uploads/reader/fields";
import type { CellChange, FileInfo, ReadChoices } from "@/components/bulk-uploads/reader/messages";
import { useFileWorker } from "@/components/bulk-uploads/reader/use-file-worker";

type LoadedFile = {
  fileInfo: FileInfo;
  columns: ColumnMapping;
  /** Headings that the person has yet to decide on. */
  undecidedColumns: readonly string[];
  /** Why the columns do not say who the recipients are; null when they do. */
  columnProblem: string | null;
  /** Another one for each check: with the same, the rows are the same. */
  checkId: number;
  /** Null until the rows are checked. */
  summary: RowSummary | null;
  isChecking: boolean;
};

type NoFile = { step: "file"; isReading: boolean; retry: Retry | null };
type FileState = NoFile | ({ step: "read" } & LoadedFile);

const noFile: NoFile = { step: "file", isReading: false, retry: null };

/**
 * Reads a file of recipients, and checks its rows as soon as its columns say who they are, and after each change.
 *
 * @param today the UK date
 */
export function useRecipientsFile(today: string) {
  const callWorker = useFileWorker();
  const [state, setState] = useState<FileState>(noFile);
  const [problem, setProblem] = useState<string | null>(null);
  /** A later file or check makes an earlier one's result void. */
  const latest = useRef(0);

  async function readSource(source: File | string, choices: ReadChoices = {}) {
    latest.current += 1;
    const run = latest.current;
    setProblem(null);
    setState({ ...noFile, isReading: true });
    try {
      const result = await callWorker("readFile", { source, ...choices });
      if (run !== latest.current) return;
      if ("problem" in result) {
        setProblem(result.problem);
        setState({ ...noFile, retry: { source, choices, options: result } });
        return;
      }
      const { headings } = result;
      await check(result, recogniseColumns(headings, []), listUndecidedColumns(headings));
    } catch {
      if (run !== latest.current) return;
      setProblem("This file could not be processed. Try a smaller one.");
      setState(noFile);
    }
  }

  /** @returns whether the rows were checked */
  async function check(
    fileInfo: FileInfo,
    columns: ColumnMapping,
    undecidedColumns: readonly string[],
  ): Promise<boolean> {
    latest.current += 1;
    const run = latest.current;
    const used = Object.fromEntries(
      patientFields.flatMap((field) =>
        columns[field] === undefined ? [] : [[field, columns[field]]],
      ),
    );
    const columnProblem = findColumnProblem(used, undecidedColumns, "patients");
    const file = {
      step: "read" as const,
      fileInfo,
      columns,
      undecidedColumns,
      columnProblem,
      checkId: run,
    };
    setProblem(null);
    if (columnProblem !== null) {
      setState({ ...file, summary: null, isChecking: false });
      return false;
    }
    // The last check stays on screen while the rows are checked again.
    setState((previous) => ({
      ...file,
      summary: previous.step === "read" ? previous.summary : null,
      isChecking: true,
    }));
    try {
      const summary = await callWorker("checkRecipients", { settings: { columns: used, today } });
      if (run === latest.current) setState({ ...file, summary, isChecking: false });
      return true;
    } catch {
      if (run === latest.current) {
        setProblem("The rows could not be checked. Select the file again.");
        setState(noFile);
      }
      return false;
    }
  }

  async function changeCell(change: CellChange): Promise<boolean> {
    if (state.step !== "read") return false;
    await callWorker("changeCell", change);
    return check(state.fileInfo, state.columns, state.undecidedColumns);
  }

  return {
    state,
    problem,
    callWorker,
    readSource,
    changeColumns: (columns: ColumnMapping, undecidedColumns: readonly string[]) => {
      if (state.step === "read") void check(state.fileInfo, columns, undecidedColumns);
    },
    changeCell,
    reset: () => {
      latest.current += 1;
      setProblem(null);
      setState(noFile);
    },
  };
}

export type RecipientsFile = ReturnType<typeof useRecipientsFile>;
