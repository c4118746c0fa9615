import "server-only";
import { index, pgEnum, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { bytea, timestamptz } from "../columns";

/**
 * A person. Not a tenant table: one person may belong to several tenants.
 * Until `emailVerifiedAt` is set, nobody has proven to own the address, and a new sign-up with it
 * replaces name and password.
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

/** Password hashes live apart, so that reading a user can never bring one along. */
export const passwords = pgTable("passwords", {
  userId: uuid("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  hash: text("hash").notNull(),
  changedAt: timestamptz("changed_at").notNull().defaultNow(),
});

/** A signed-in browser. The cookie's token is stored only as its SHA-256. Deleting the row signs out. */
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

/** A one-time link in a mail: stored as its SHA-256, used at most once, ended by the next of its kind. */
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

/** What happened to an account, append-only. Changes inside a tenant are in `audit_events`. */
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
