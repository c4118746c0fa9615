/** Saves a file that the page made itself, under a name. */
export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has its own hold of the file by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
