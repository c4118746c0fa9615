import { type Environment, environmentNames } from "@/server/schemas/environments";

/** What snippets are filled with. Addresses are origins, without a slash at the end. */
export type SnippetConfig = {
  portal: string;
  /** The second origin, which frames come from. */
  elementsOrigin: string;
  placementId: string;
  practiceGroupId: string;
  environment: Environment;
  /** Where Hero's script comes from; the sandbox's own address there. */
  scriptHost: string;
  /** Which of Hero's hosts the element speaks to. */
  heroApi: string;
};

export type SnippetFile = {
  /** A proposal for its path in the partner's project. */
  path: string;
  language: "html" | "js" | "tsx" | "ts" | "python" | "php" | "csharp" | "shell";
  /** Ready to save; ends with a line break. */
  code: string;
};

/** A text as a literal of JavaScript, and of the other languages here for what ids and addresses hold. */
export const toStringLiteral = (text: string) => JSON.stringify(text);

/** Which key the server's side needs; a comment of one line. */
export const apiKeyComment = ({ environment }: SnippetConfig) =>
  `PORTAL_API_KEY: an API key of the portal (${environmentNames[environment]}) that may make element sessions.`;

/** Where the pages of all snippets ask the partner's own server for a session. */
export const sessionPath = "/hero-session";

/** What a page shows when the element is not there. */
export const errorText =
  "This part of the page does not work just now. Try again in a few minutes.";
