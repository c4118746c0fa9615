"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { ReadChoices } from "../reader/messages";
import type { FileProblem } from "../reader/table";
import type { Retry } from "./upload-state";

type ReadChoiceProps = {
  retry: Retry;
  onChoose: (source: File | string, choices: ReadChoices) => void;
};

type Question = {
  label: string;
  hint: string;
  options: { text: string; choice: ReadChoices }[];
};

/** What the file does not say, if a choice can help. */
function findQuestion({ encodings, firstRows, sheets }: FileProblem): Question | null {
  if (encodings) {
    return {
      label: "Select the line where all names look right",
      hint: "Each line shows the same words, read in a different way.",
      options: encodings.map(({ encoding, sample }) => ({
        text: `${sample} (${encoding})`,
        choice: { encoding },
      })),
    };
  }
  if (sheets) {
    return {
      label: "Select the sheet with the rows",
      hint: "One sheet is read at a time.",
      options: sheets.map((sheet) => ({ text: sheet, choice: { sheet } })),
    };
  }
  if (!firstRows || firstRows.length === 0) return null;
  return {
    label: "If the file has headings, select their row",
    hint: "Rows above it are not used.",
    options: firstRows.map(({ rowNumber, text }) => ({
      text: `Row ${rowNumber}: ${text}`,
      choice: { headingRow: rowNumber },
    })),
  };
}

export function ReadChoice({ retry, onChoose }: ReadChoiceProps) {
  const [selected, setSelected] = useState(0);
  const question = findQuestion(retry.options);
  if (!question) return null;
  return (
    <Card>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          onChoose(retry.source, { ...retry.choices, ...question.options[selected]?.choice });
        }}
      >
        <Field
          label={question.label}
          name="read-choice"
          hint={question.hint}
          className="w-full min-w-0 sm:max-w-xl"
        >
          {(ids) => (
            <Select
              {...ids}
              value={String(selected)}
              onChange={(event) => setSelected(Number(event.target.value))}
            >
              {question.options.map(({ text }, index) => (
                <option key={text} value={index}>
                  {text}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Button type="submit">Read the file</Button>
      </form>
    </Card>
  );
}
