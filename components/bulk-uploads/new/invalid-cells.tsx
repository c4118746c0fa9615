"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { formatCount } from "@/components/ui/format-count";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { RowSummary } from "../reader/check-table";
import { type CellErrorKind, cellErrorKinds } from "../reader/errors";
import type { CellChange, InvalidCell } from "../reader/messages";
import type { CallWorker } from "../reader/use-file-worker";
import { EditableCell } from "./editable-cell";

type InvalidCellsProps = {
  callWorker: CallWorker;
  summary: RowSummary;
  headings: readonly string[];
  onCellChange: (cell: CellChange) => Promise<boolean>;
};

const pageSize = 25;
const errorKinds = Object.keys(cellErrorKinds) as CellErrorKind[];

/** One page at a time from the worker. */
export function InvalidCells(props: InvalidCellsProps) {
  const { callWorker, summary, headings, onCellChange } = props;
  const [kind, setKind] = useState<CellErrorKind | null>(null);
  const [offset, setOffset] = useState(0);
  const [page, setPage] = useState<{ items: InvalidCell[]; total: number } | null>(null);
  /** The cell that takes the place of the edited one gets the focus. */
  const editedIndex = useRef<number | null>(null);
  const tableBody = useRef<HTMLTableSectionElement>(null);

  useEffect(() => {
    let isActive = true;
    callWorker("invalidCells", { kind, offset, limit: pageSize }).then(
      (newPage) => {
        if (!isActive) return;
        // An edit can empty the page or the filter.
        if (newPage.total === 0) setKind(null);
        if (newPage.items.length === 0) setOffset(Math.max(0, offset - pageSize));
        else setPage(newPage);
      },
      () => undefined,
    );
    return () => {
      isActive = false;
    };
  }, [callWorker, kind, offset, summary]);

  useEffect(() => {
    if (editedIndex.current === null) return;
    const rows = [...(tableBody.current?.rows ?? [])];
    const next = [...rows.slice(editedIndex.current), ...rows.toReversed()]
      .map((row) => row.querySelector("button"))
      .find((button) => button !== null);
    editedIndex.current = null;
    next?.focus();
  }, [page]);

  async function saveCell(cell: InvalidCell, text: string, index: number): Promise<boolean> {
    const isSaved = await onCellChange({ row: cell.row, column: cell.column, text });
    if (isSaved) editedIndex.current = index;
    return isSaved;
  }

  const total = page?.total ?? 0;
  const lastIndex = Math.min(offset + pageSize, total);
  return (
    <section aria-labelledby="invalid-cells" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <h3 id="invalid-cells" className="text-lg font-semibold">
          {formatCount(summary.errorCount, "problem")}
        </h3>
        <Field label="Show" name="error-kind" className="w-full sm:w-56">
          {(ids) => (
            <Select
              {...ids}
              value={kind ?? ""}
              onChange={(event) => {
                setKind(errorKinds.find((candidate) => candidate === event.target.value) ?? null);
                setOffset(0);
              }}
            >
              <option value="">All ({summary.errorCount.toLocaleString("en-GB")})</option>
              {errorKinds
                .filter((candidate) => summary.errorCounts[candidate])
                .map((candidate) => (
                  <option key={candidate} value={candidate}>
                    {cellErrorKinds[candidate].name} (
                    {summary.errorCounts[candidate]?.toLocaleString("en-GB")})
                  </option>
                ))}
            </Select>
          )}
        </Field>
      </div>
      <TableFrame
        label="Cells with problems"
        density="compact"
        footer={
          <div className="flex flex-wrap items-center justify-between gap-2">
            <p role="status" className="text-sm text-muted tabular-nums">
              {total > 0
                ? `${(offset + 1).toLocaleString("en-GB")} to ${lastIndex.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")}`
                : "Loading…"}
            </p>
            {total > pageSize ? (
              <div className="flex gap-2">
                <Button
                  size="sm"
                  icon={<ChevronLeft />}
                  pending={offset === 0}
                  onClick={() => setOffset(Math.max(0, offset - pageSize))}
                >
                  Previous
                </Button>
                <Button
                  size="sm"
                  pending={lastIndex >= total}
                  onClick={() => setOffset(offset + pageSize)}
                >
                  Next
                  <ChevronRight aria-hidden="true" className="-mr-0.5 size-4" />
                </Button>
              </div>
            ) : null}
          </div>
        }
      >
        <Table cardsOnPhones>
          <thead>
            <tr>
              <Th numeric>Row</Th>
              <Th>Column</Th>
              <Th>Value</Th>
              <Th>Problem</Th>
              <Th>How to fix it</Th>
            </tr>
          </thead>
          <tbody ref={tableBody}>
            {page?.items.map((cell, index) => (
              <tr key={`${cell.row} ${cell.column} ${cell.reason} ${cell.value}`}>
                <Td numeric label="Row">
                  {cell.row.toLocaleString("en-GB")}
                </Td>
                <Td label="Column">{headings[cell.column] ?? "Whole row"}</Td>
                <Td label="Value" className="max-w-56 font-mono text-sm">
                  <EditableCell
                    cell={cell}
                    label={`${headings[cell.column] ?? "cell"} in row ${cell.row}`}
                    onSave={(text) => saveCell(cell, text, index)}
                  />
                </Td>
                <Td label="Problem" className="min-w-48">
                  {cell.reason}
                </Td>
                <Td label="Fix" className="min-w-48 text-muted">
                  {cellErrorKinds[cell.kind].fix}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </TableFrame>
    </section>
  );
}
