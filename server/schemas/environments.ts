import { z } from "./zod";

/** The Hero environment; the second segment of every portal path. */
export const environment = z.enum(["sandbox", "staging", "production"]);
export type Environment = z.infer<typeof environment>;
