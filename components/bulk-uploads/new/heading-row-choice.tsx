"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { Retry } from "./upload-state";

type HeadingRowChoiceProps = {
  retry: Retry;
  onChoose: (source: File | string, headingRow: number) => void;
};

/** For a file with headings that the reader does not know. */
export function HeadingRowChoice({ retry, onChoose }: HeadingRowChoiceProps) {
  const [rowNumber, setRowNumber] = useState(retry.firstRows[0]?.rowNumber ?? 1);
  return (
    <Card>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          onChoose(retry.source, rowNumber);
        }}
      >
        <Field
          label="If the file has headings, select their row"
          name="heading-row"
          hint="Rows above it are not used."
          className="w-full min-w-0 sm:max-w-xl"
        >
          {(ids) => (
            <Select
              {...ids}
              value={String(rowNumber)}
              onChange={(event) => setRowNumber(Number(event.target.value))}
            >
              {retry.firstRows.map((row) => (
                <option key={row.rowNumber} value={row.rowNumber}>
                  Row {row.rowNumber}: {row.text}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Button type="submit">Use this row</Button>
      </form>
    </Card>
  );
}
