import { environmentNames } from "@/server/schemas/environment-names";
import type { Environment } from "@/server/schemas/environments";

/** Addresses are origins, without a trailing slash. */
export type SnippetConfig = {
  portal: string;
  /** Where iframes come from. */
  elementsOrigin: string;
  placementId: string;
  practiceGroupId: string;
  environment: Environment;
  /** Where Hero's script comes from. */
  scriptHost: string;
  /** The Hero API that the element calls. */
  heroApi: string;
};

export type SnippetFile = {
  /** A suggested path in the partner's project. */
  path: string;
  language: "html" | "js" | "tsx" | "ts" | "python" | "php" | "csharp" | "shell";
  code: string;
};

/** Valid in all languages of the snippets for the characters of ids and addresses. */
export const toStringLiteral = (text: string) => JSON.stringify(text);

export const apiKeyComment = ({ environment }: SnippetConfig) =>
  `PORTAL_API_KEY: a portal API key (${environmentNames[environment]}) that can create element sessions.`;

/** The endpoint on the partner's server from which all snippets get a session. */
export const sessionPath = "/hero-session";

export const errorText = "This part of the page is not working. Try again in a few minutes.";
