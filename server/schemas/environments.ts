import { z } from "./zod";

/** Which Hero is spoken to; the second segment of every address in the portal. */
export const environment = z.enum(["sandbox", "staging", "production"]);
export type Environment = z.infer<typeof environment>;

export const environmentNames: Record<Environment, string> = {
  sandbox: "Sandbox",
  staging: "Staging",
  production: "Production",
};
