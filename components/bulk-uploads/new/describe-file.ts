import { formatCount } from "@/components/ui/format-count";
import type { FileInfo } from "../reader/messages";

const delimiterNames = { ",": "commas", ";": "semicolons", "\t": "tabs" } as const;

/** Continues "482 rows" with ", 6 columns, separated by commas, read as UTF-8." */
export function describeFile({ headings, delimiter, encoding, blankLines }: FileInfo): string {
  const parts = [
    `, ${formatCount(headings.length, "column")}`,
    headings.length > 1 ? `, separated by ${delimiterNames[delimiter]}` : "",
    encoding ? `, read as ${encoding}` : ", pasted",
    ".",
    blankLines > 0 ? ` ${formatCount(blankLines, "blank line")} ignored.` : "",
  ];
  return parts.join("");
}
