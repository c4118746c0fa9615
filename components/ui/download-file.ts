/** Downloads a file created in the browser. */
export function downloadFile(file: Blob, name: string): void {
  const objectUrl = URL.createObjectURL(file);
  const anchor = document.createElement("a");
  anchor.href = objectUrl;
  anchor.download = name;
  anchor.click();
  // The download has started by then.
  setTimeout(() => URL.revokeObjectURL(objectUrl), 10_000);
}

/** A text as part of a file name: lower-case letters without accents, digits and hyphens. */
export function slugifyFileName(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, 40)
    .replace(/-$/, "");
}
