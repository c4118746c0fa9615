import type { Environment } from "./environments";

/** In a separate file, so that pages do not load the schema library for it. */
export const environmentNames: Record<Environment, string> = {
  sandbox: "Sandbox",
  staging: "Staging",
  production: "Production",
};
