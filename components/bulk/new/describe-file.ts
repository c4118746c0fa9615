import { count } from "@/components/practices/words";
import type { FileFacts } from "../reader/messages";

const signs = { ",": "commas", ";": "semicolons", "\t": "tabs" } as const;

/** How a file was read, to go on after "482 rows": ", 6 columns, separated by commas, read as UTF-8." */
export function describeFile({ headings, delimiter, encoding, blankLines }: FileFacts): string {
  const parts = [
    `, ${count(headings.length, "column")}`,
    headings.length > 1 ? `, separated by ${signs[delimiter]}` : "",
    encoding ? `, read as ${encoding}` : ", pasted",
    ".",
    blankLines > 0 ? ` ${count(blankLines, "blank line")} left out.` : "",
  ];
  return parts.join("");
}
