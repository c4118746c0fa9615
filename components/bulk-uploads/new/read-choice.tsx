"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { parseUkDate } from "@/components/forms/uk-dates";
import { formatLocalDate } from "@/server/schemas/dates";
import type { ChosenDateOrder } from "../reader/date-orders";
import type { ReadChoices } from "../reader/messages";
import type { DateQuestion, FileProblem } from "../reader/table";
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

/** The possible answers. A workbook's own dates may be right although its texts have the month first. */
function listDateOrders({ dayFirst, monthFirst, either, stored }: DateQuestion): ChosenDateOrder[] {
  if (!stored) return ["monthFirst", "dayFirst"];
  if (dayFirst) return ["dayFirstSwapped", "dayFirst"];
  const hasTexts = monthFirst !== null || either !== null;
  return hasTexts
    ? ["monthFirstSwapped", "monthFirst", "dayFirst"]
    : ["monthFirstSwapped", "dayFirst"];
}

/** "Month first: 03/04/1984 is 4 March 1984, 03/14/1984 is 14 March 1984" */
function describeDateOrder(dates: DateQuestion, order: ChosenDateOrder): string {
  const textOrder = order.startsWith("dayFirst") ? "dayFirst" : "monthFirst";
  const texts = [dates.either, dates.dayFirst, dates.monthFirst].filter(
    (text) => typeof text === "string",
  );
  const meanings = texts.map((text) => {
    const parsed = parseUkDate(text, textOrder);
    return "date" in parsed
      ? `${text} is ${formatLocalDate(parsed.date)}`
      : `${text} is not accepted`;
  });
  const prefix = textOrder === "monthFirst" ? "Month first: " : "Day first: ";
  if (dates.stored) meanings.push(describeStoredDate(dates.stored, order));
  return `${texts.length > 0 ? prefix : ""}${meanings.join(", ")}`;
}

function describeStoredDate(stored: string, order: ChosenDateOrder): string {
  const [year, month, day] = stored.split("-");
  return order.endsWith("Swapped")
    ? `${formatLocalDate(stored)} should be ${formatLocalDate(`${year}-${day}-${month}`)}`
    : `${formatLocalDate(stored)} is right`;
}

/** What the file does not say, if a choice can help. */
function findQuestion(
  { encodings, firstRows, sheets, dates }: FileProblem,
  { dateOrders }: ReadChoices,
): Question | null {
  if (dates) {
    return {
      label: "Select how these dates are written",
      hint: "Each line shows how dates in your file would be read.",
      options: listDateOrders(dates).map((order) => ({
        text: describeDateOrder(dates, order),
        choice: { dateOrders: { ...dateOrders, [dates.column]: order } },
      })),
    };
  }
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
  const question = findQuestion(retry.options, retry.choices);
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
