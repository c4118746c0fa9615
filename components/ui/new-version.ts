import { unstable_isUnrecognizedActionError } from "next/navigation";

export const newVersionText =
  "A new version of the portal is available. Reload the page to continue.";

/** Whether an error comes from a page that is older than the server: an action or a script is gone. */
export const isNewVersionError = (error: unknown): boolean =>
  unstable_isUnrecognizedActionError(error) ||
  (error instanceof Error && error.name === "ChunkLoadError");
