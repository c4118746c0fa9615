import "server-only";
import { pgEnum } from "drizzle-orm/pg-core";

/** Which Hero a row belongs to. */
export const environmentEnum = pgEnum("environment", ["sandbox", "staging", "production"]);
