/** How a file of each type begins, and what it has near its end: without that it was cut off. Bytes as Latin-1. */
const types = {
  pdf: { name: "a PDF file", start: "%PDF-", end: "%%EOF" },
  png: { name: "a PNG image", start: "\x89PNG\r\n\x1a\n", end: "IEND" },
  jpg: { name: "a JPEG image", start: "\xff\xd8\xff", end: "\xff\xd9" },
} as const;

const typeOfEnding: Readonly<Record<string, keyof typeof types>> = {
  pdf: "pdf",
  png: "png",
  jpg: "jpg",
  jpeg: "jpg",
};

/**
 * Why a file cannot be sent, from its content and not its name alone; null when it can. Browsers ask as well, and the
 * server decides. It is not searched for viruses.
 *
 * @param content the bytes as Latin-1 text, one character for each
 */
export function findFileProblem(name: string, content: string): string | null {
  const expected = typeOfEnding[name.toLowerCase().split(".").at(-1) ?? ""];
  const found = Object.entries(types).find(([, { start }]) => content.startsWith(start));
  if (!expected || !found) {
    return "The content of this file is not a PDF, PNG or JPEG. Select another file.";
  }
  const [type, { name: typeName, end }] = found;
  if (type !== expected) {
    return `The content of this file is ${typeName}, which does not match the end of its name. Rename it, or select another one.`;
  }
  return content.includes(end) ? null : "This file is damaged. Select another one.";
}
