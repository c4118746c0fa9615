/** "840 bytes", "12 KB", "1.4 MB"; nothing for a size that is not known. */
function formatFileSize(bytes: number | null): string {
  if (bytes === null) return "";
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** "Letter.pdf, 12 KB". */
export const describeFile = ({ name, bytes }: { name: string; bytes: number | null }): string =>
  bytes === null ? name : `${name}, ${formatFileSize(bytes)}`;
