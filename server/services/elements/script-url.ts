import "server-only";
import { heroBaseUrl, heroScriptOrigin } from "../../env";
import { elementCatalogue, type ElementTag } from "../../schemas/element-catalogue";
import type { Environment } from "../../schemas/environments";

/** The origins a browser needs for an element: its script and Hero's API. */
export const elementOrigins = (environment: Environment) => ({
  scripts: heroScriptOrigin(environment),
  api: new URL(heroBaseUrl(environment)).origin,
});

/** The script that defines an element's tag. */
export const scriptUrl = (environment: Environment, tag: ElementTag): string =>
  `${heroScriptOrigin(environment)}${elementCatalogue[tag].scriptPath}`;
