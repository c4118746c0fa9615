import "server-only";
import { integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { timestamptz } from "../columns";

/** One row per running worker; the health route wants one seen within the last half minute. */
export const workers = pgTable("workers", {
  id: text("id").primaryKey(),
  startedAt: timestamptz("started_at").notNull().defaultNow(),
  seenAt: timestamptz("seen_at").notNull().defaultNow(),
});

/** Counters of the sign-in limits, shared by all processes; the shape is `rate-limiter-flexible`'s. */
export const rateLimits = pgTable("rate_limits", {
  key: text("key").primaryKey(),
  points: integer("points").notNull(),
  expire: timestamptz("expire"),
});

/**
 * The limiter of one Hero key (by fingerprint and environment), shared by all processes and, where two
 * tenants hold the same key, by them too: Hero counts per key. `readyAt` is when the bucket next has
 * room; `inFlight` holds the moment each running call gives up its place at the latest.
 */
export const heroLimits = pgTable("hero_limits", {
  key: text("key").primaryKey(),
  // Microseconds, so that no two places are alike.
  readyAt: timestamp("ready_at", { withTimezone: true }).notNull(),
  inFlight: timestamp("in_flight", { withTimezone: true }).array().notNull(),
});
