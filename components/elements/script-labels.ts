/** Enough of a hash to tell versions apart. */
export const shortenHash = (sha256: string): string => sha256.slice(0, 12);

/** Where to read on once an alert is gone. */
export const scriptHeadingId = (tag: string): string => `script-of-${tag}`;

/** To the byte: versions often differ by few. */
export const formatBytes = (size: number): string => `${size.toLocaleString("en-GB")} bytes`;
