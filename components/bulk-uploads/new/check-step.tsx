"use client";

import { Download } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { formatCount } from "@/components/ui/format-count";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { RowSummary } from "../reader/check-table";
import type { CellChange } from "../reader/messages";
import type { CallWorker } from "../reader/use-file-worker";
import { downloadFile } from "@/components/ui/download-file";
import { Stat, Stats } from "../stats";
import { InvalidCells } from "./invalid-cells";

type DuplicatesChoice = {
  isAllowed: boolean;
  /** Checks the rows again. @returns whether that succeeded */
  onChange: (isAllowed: boolean) => Promise<boolean>;
};

type CheckStepProps = {
  callWorker: CallWorker;
  summary: RowSummary;
  headings: readonly string[];
  /** Where a patient can be in several rows; null where each is used once. */
  duplicates: DuplicatesChoice | null;
  /** Changes a cell and checks the rows again. @returns whether that succeeded */
  onCellChange: (cell: CellChange) => Promise<boolean>;
  isUploading: boolean;
  /** The form that uploads the valid rows. */
  children: ReactNode;
};

export function CheckStep(props: CheckStepProps) {
  const { callWorker, summary, headings, duplicates, onCellChange, isUploading, children } = props;
  const { validCount, invalidCount, blankCount, duplicatePatientCount } = summary;

  // The last edited cell disappears with its table.
  const heading = useRef<HTMLHeadingElement>(null);
  const hasEdited = useRef(false);
  useEffect(() => {
    if (invalidCount === 0 && hasEdited.current) heading.current?.focus();
  }, [invalidCount]);

  async function downloadInvalidRows() {
    downloadFile(await callWorker("invalidRowsFile", {}), "rows-to-fix.csv");
  }

  return (
    <Card aria-labelledby="bulk-upload-check" className="flex flex-col gap-5">
      <h2
        ref={heading}
        id="bulk-upload-check"
        tabIndex={-1}
        className="text-lg font-semibold outline-none"
      >
        {invalidCount === 0
          ? `${formatCount(validCount, "valid row")}, no problems`
          : `${validCount.toLocaleString("en-GB")} valid, ${invalidCount.toLocaleString("en-GB")} with problems`}
      </h2>
      <Stats>
        <Stat label="Valid" tone="live" value={validCount} />
        <Stat label="With problems" tone="danger" value={invalidCount} />
        <Stat label="Blank lines" tone="plain" value={blankCount} />
      </Stats>
      {duplicates ? (
        <DuplicatesField
          {...duplicates}
          duplicateCount={duplicatePatientCount}
          isDisabled={isUploading}
        />
      ) : null}
      {validCount > 0 ? children : null}
      {invalidCount > 0 && !isUploading ? (
        <div>
          <Button icon={<Download />} onClick={() => void downloadInvalidRows()}>
            Download {formatCount(invalidCount, "row")} with problems
          </Button>
        </div>
      ) : null}
      {invalidCount > 0 && !isUploading ? (
        <InvalidCells
          callWorker={callWorker}
          summary={summary}
          headings={headings}
          onCellChange={(cell) => {
            hasEdited.current = true;
            return onCellChange(cell);
          }}
        />
      ) : null}
    </Card>
  );
}

type DuplicatesFieldProps = DuplicatesChoice & {
  /** Rows that repeat a patient. */
  duplicateCount: number;
  isDisabled: boolean;
};

function DuplicatesField(props: DuplicatesFieldProps) {
  const { isAllowed, onChange, duplicateCount, isDisabled } = props;
  // Ticked at once; the check that follows may take a moment.
  const [isTicked, setIsTicked] = useState(isAllowed);

  async function change(isAllowedNow: boolean) {
    setIsTicked(isAllowedNow);
    if (!(await onChange(isAllowedNow))) setIsTicked(!isAllowedNow);
  }

  return (
    <label className="flex min-h-6 items-start gap-2.5">
      <input
        type="checkbox"
        checked={isTicked}
        disabled={isDisabled}
        onChange={(event) => void change(event.target.checked)}
        className="mt-1 size-4 accent-(--accent)"
      />
      <span>
        Create duplicates anyway
        <span className="block text-sm text-muted">
          {isAllowed
            ? "Patients in more than one row, or who already have a live link, get another one."
            : `${duplicateCount > 0 ? `${formatCount(duplicateCount, "row")} would give a patient a second link for the same appointment type or form. ` : ""}Rows of patients who already have a live link for it fail when links are created.`}
        </span>
      </span>
    </label>
  );
}
