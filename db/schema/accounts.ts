import "server-only";
import { index, pgEnum, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { bytea, timestamptz } from "../columns";

/**
 * A user, who may belong to several tenants. Until `emailVerifiedAt` is set, another sign-up with the
 * address replaces name and password.
 */
export const users = pgTable(
  "users",
  {
    id: uuid("id").primaryKey(),
    email: text("email").notNull(),
    name: text("name").notNull(),
    emailVerifiedAt: timestamptz("email_verified_at"),
    disabledAt: timestamptz("disabled_at"),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
  },
  (t) => [uniqueIndex("users_email").on(t.email)],
);

/** In a table of their own, so that selecting a user never includes a hash. */
export const passwords = pgTable("passwords", {
  userId: uuid("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  hash: text("hash").notNull(),
  changedAt: timestamptz("changed_at").notNull().defaultNow(),
});

/** A signed-in browser. Only the SHA-256 of the cookie's token is stored. Deleting the row signs out. */
export const sessions = pgTable(
  "sessions",
  {
    id: uuid("id").primaryKey(),
    tokenHash: bytea("token_hash").notNull(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    lastSeenAt: timestamptz("last_seen_at").notNull().defaultNow(),
    expiresAt: timestamptz("expires_at").notNull(),
    userAgent: text("user_agent"),
  },
  (t) => [uniqueIndex("sessions_token").on(t.tokenHash), index("sessions_user").on(t.userId)],
);

export const emailTokenPurpose = pgEnum("email_token_purpose", ["verify_email", "reset_password"]);

/** A one-time link in an email, stored as its SHA-256 and replaced by the next one for its purpose. */
export const emailTokens = pgTable(
  "email_tokens",
  {
    tokenHash: bytea("token_hash").primaryKey(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    purpose: emailTokenPurpose("purpose").notNull(),
    expiresAt: timestamptz("expires_at").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
  },
  (t) => [index("email_tokens_user").on(t.userId, t.purpose)],
);

/** An account's audit, append-only. Changes inside a tenant are in `audit_events`. */
export const accountEvents = pgTable(
  "account_events",
  {
    id: uuid("id").primaryKey(),
    userId: uuid("user_id").notNull(),
    action: text("action").notNull(),
    requestId: text("request_id").notNull(),
    occurredAt: timestamptz("occurred_at").notNull().defaultNow(),
  },
  (t) => [index("account_events_user").on(t.userId, t.id)],
);
