/** Lets the browser save a file that was made in it, under a name. */
export function downloadFile(file: Blob, name: string): void {
  const objectUrl = URL.createObjectURL(file);
  const anchor = document.createElement("a");
  anchor.href = objectUrl;
  anchor.download = name;
  anchor.click();
  // The download has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(objectUrl), 10_000);
}

/** A text as a part of a file name: small letters without accents, digits and hyphens. */
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
