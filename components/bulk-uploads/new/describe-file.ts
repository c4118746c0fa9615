import { formatCount } from "@/components/ui/format-count";
import type { FileInfo } from "../reader/messages";

const delimiterNames = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "vertical bars",
} as const;

/** Continues "482 rows" with ", 6 columns, separated by commas, read as UTF-8." */
export function describeFile(file: FileInfo): string {
  const { headings, headingRow, delimiter, encoding, blankLines, titleLines } = file;
  const monthFirst = file.monthFirstHeadings.map((heading) => `“${heading}”`).join(" and ");
  const columnCount = headings.filter(Boolean).length;
  const parts = [
    `, ${formatCount(columnCount, "column")}`,
    columnCount > 1 && delimiter ? `, separated by ${delimiterNames[delimiter]}` : "",
    encoding ? `, read as ${encoding}` : ", pasted",
    ".",
    titleLines > 0
      ? ` Headings in row ${headingRow}; ${formatCount(titleLines, "row")} above not used.`
      : "",
    monthFirst ? ` Dates in ${monthFirst} read with the month first.` : "",
    blankLines > 0 ? ` ${formatCount(blankLines, "blank line")} ignored.` : "",
  ];
  return parts.join("");
}
