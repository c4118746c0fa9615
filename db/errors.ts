import "server-only";

/** The SQLSTATE or network code of an error, wherever it is in the chain of causes. */
export function sqlState(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ("code" in current && typeof current.code === "string") return current.code;
  }
  return undefined;
}

/** Whether a row would repeat what only one row may have. */
export const isUniqueViolation = (error: unknown): boolean => sqlState(error) === "23505";

const connectionErrorCodes = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOENT",
  "57P01",
  "57P02",
  "57P03",
  "08000",
  "08003",
  "08006",
  "53300",
]);

/** True when the database cannot be reached; a later request may succeed. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = sqlState(error);
  return code !== undefined && connectionErrorCodes.has(code);
}
