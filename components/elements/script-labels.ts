/** Long enough to distinguish versions. */
export const shortenHash = (sha256: string): string => sha256.slice(0, 12);

/** Takes the focus when an alert disappears. */
export const scriptHeadingId = (tag: string): string => `script-of-${tag}`;

/** Exact, because versions often differ by a few bytes. */
export const formatBytes = (size: number): string => `${size.toLocaleString("en-GB")} bytes`;
