import "server-only";
import { integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { timestamptz } from "../columns";

/** One row for each running worker; the health check needs one seen in the last 30 seconds. */
export const workers = pgTable("workers", {
  id: text("id").primaryKey(),
  startedAt: timestamptz("started_at").notNull().defaultNow(),
  seenAt: timestamptz("seen_at").notNull().defaultNow(),
});

/** Counters of the rate limits, shared by all processes, in the format of `rate-limiter-flexible`. */
export const rateLimits = pgTable("rate_limits", {
  key: text("key").primaryKey(),
  points: integer("points").notNull(),
  expire: timestamptz("expire"),
});

/**
 * The limiter of one Hero key, by fingerprint and environment. Processes and tenants with the same key share
 * it, because Hero counts by key. `readyAt` is when the next call may start; `inFlight` holds the time by
 * which each running call releases its slot.
 */
export const heroLimits = pgTable("hero_limits", {
  key: text("key").primaryKey(),
  // Microseconds, so that no two slots are the same.
  readyAt: timestamp("ready_at", { withTimezone: true }).notNull(),
  inFlight: timestamp("in_flight", { withTimezone: true }).array().notNull(),
});
