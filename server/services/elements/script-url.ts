import "server-only";
import { env } from "../../env";
import { heroBaseUrl } from "../../hero/request";
import { elementCatalogue, type ElementTag } from "../../schemas/element-catalogue";
import type { Environment } from "../../schemas/environments";

/** Where browsers get Hero's scripts; the sandbox serves its own. */
export const scriptOrigin = (environment: Environment): string =>
  environment === "sandbox" ? new URL(heroBaseUrl("sandbox")).origin : env().HERO_SCRIPTS_URL;

/** Where a browser that shows an element goes: for its script, and for Hero's API. */
export const elementOrigins = (environment: Environment) => ({
  scripts: scriptOrigin(environment),
  api: new URL(heroBaseUrl(environment)).origin,
});

/** Where browsers get the script that defines an element's tag. */
export const scriptUrl = (environment: Environment, tag: ElementTag): string =>
  `${scriptOrigin(environment)}${elementCatalogue[tag].scriptPath}`;
