import "server-only";

/** How a file of each type begins, and what it has at its end: without that it was cut off. */
const types = {
  pdf: { name: "a PDF file", start: Buffer.from("%PDF-"), end: Buffer.from("%%EOF") },
  png: {
    name: "a PNG image",
    start: Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    end: Buffer.from("IEND"),
  },
  jpg: {
    name: "a JPEG image",
    start: Buffer.from([0xff, 0xd8, 0xff]),
    end: Buffer.from([0xff, 0xd9]),
  },
} as const;

const typeOfEnding: Readonly<Record<string, keyof typeof types>> = {
  pdf: "pdf",
  png: "png",
  jpg: "jpg",
  jpeg: "jpg",
};

/** Why a file cannot be sent, from its bytes and not its name alone; null when it can. It is not searched for viruses. */
export function findFileProblem(name: string, content: Buffer): string | null {
  const expected = typeOfEnding[name.toLowerCase().split(".").at(-1) ?? ""];
  const found = Object.entries(types).find(([, { start }]) =>
    content.subarray(0, start.length).equals(start),
  );
  if (!expected || !found) {
    return "The content of this file is not a PDF, PNG or JPEG. Select another file.";
  }
  const [type, { name: typeName, end }] = found;
  if (type !== expected) {
    return `The content of this file is ${typeName}, which does not match the end of its name. Rename it, or select another one.`;
  }
  return content.lastIndexOf(end) > 0 ? null : "This file is damaged. Select another one.";
}
