import "server-only";
import { pgEnum } from "drizzle-orm/pg-core";

/** The Hero environment of a row. */
export const environmentEnum = pgEnum("environment", ["sandbox", "staging", "production"]);
