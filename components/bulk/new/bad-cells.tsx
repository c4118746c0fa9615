"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { useEffect, useState } from "react";
import { count } from "@/components/practices/words";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { Summary } from "../reader/check-table";
import { type FaultKind, faultKinds } from "../reader/faults";
import type { BadCell } from "../reader/messages";
import type { AskReader } from "../reader/use-reader";

type BadCellsProps = {
  ask: AskReader;
  summary: Summary;
  headings: readonly string[];
};

const pageSize = 25;
const kinds = Object.keys(faultKinds) as FaultKind[];

/** What is wrong with which cell, and what to do about it: one page at a time from the worker. */
export function BadCells({ ask, summary, headings }: BadCellsProps) {
  const [kind, setKind] = useState<FaultKind | null>(null);
  const [offset, setOffset] = useState(0);
  const [page, setPage] = useState<{ items: BadCell[]; total: number } | null>(null);

  useEffect(() => {
    let isWanted = true;
    ask("badCells", { kind, offset, limit: pageSize }).then(
      (given) => {
        if (isWanted) setPage(given);
      },
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [ask, kind, offset]);

  const total = page?.total ?? 0;
  const last = Math.min(offset + pageSize, total);
  return (
    <section aria-labelledby="bad-cells" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <h3 id="bad-cells" className="text-lg font-semibold">
          {count(summary.faultCount, "thing")} to mend
        </h3>
        <Field label="Show" name="fault-kind" className="w-full sm:w-56">
          {(ids) => (
            <Select
              {...ids}
              value={kind ?? ""}
              onChange={(event) => {
                setKind(kinds.find((each) => each === event.target.value) ?? null);
                setOffset(0);
              }}
            >
              <option value="">All ({summary.faultCount.toLocaleString("en-GB")})</option>
              {kinds
                .filter((each) => summary.faults[each])
                .map((each) => (
                  <option key={each} value={each}>
                    {faultKinds[each].name} ({summary.faults[each]?.toLocaleString("en-GB")})
                  </option>
                ))}
            </Select>
          )}
        </Field>
      </div>
      <TableFrame
        label="Bad cells"
        density="compact"
        footer={
          <div className="flex flex-wrap items-center justify-between gap-2">
            <p role="status" className="text-sm text-muted tabular-nums">
              {total > 0
                ? `${(offset + 1).toLocaleString("en-GB")} to ${last.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")}`
                : "Reading…"}
            </p>
            {total > pageSize ? (
              <div className="flex gap-2">
                <Button
                  size="sm"
                  icon={<ChevronLeft />}
                  pending={offset === 0}
                  onClick={() => setOffset(Math.max(0, offset - pageSize))}
                >
                  Before
                </Button>
                <Button
                  size="sm"
                  pending={last >= total}
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
              <Th>It says</Th>
              <Th>What is wrong</Th>
              <Th>How to mend it</Th>
            </tr>
          </thead>
          <tbody>
            {page?.items.map((cell, index) => (
              <tr key={`${offset + index}`}>
                <Td numeric label="Row">
                  {cell.row.toLocaleString("en-GB")}
                </Td>
                <Td label="Column">{headings[cell.column] ?? "Whole row"}</Td>
                <Td label="It says" className="max-w-56 font-mono text-sm">
                  <span className="break-words">
                    {cell.said === null || cell.said.trim() === "" ? "–" : cell.said}
                  </span>
                </Td>
                <Td label="Wrong" className="min-w-48">
                  {cell.reason}
                </Td>
                <Td label="Mend" className="min-w-48 text-muted">
                  {faultKinds[cell.kind].fix}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </TableFrame>
      <p className="text-sm text-muted">
        Row 1 is the first below the headings: row 2 of the spreadsheet.
      </p>
    </section>
  );
}
