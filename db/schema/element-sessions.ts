import "server-only";
import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  index,
  integer,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, ownerReadPolicy, timestamptz, tenantPolicy } from "../columns";
import { apiKeys } from "./api-keys";
import { placements } from "./placements";
import { practices } from "./practices";
import { scopeColumns, scopedForeignKey, scopedPrimaryKey } from "./scope-columns";

/**
 * A short-lived permission to obtain Hero access tokens for one placement and one practice. Without a
 * placement it is for the portal's own page. The first exchange must come before `firstExchangeBefore` and ties it to
 * `origin`; nothing is given after `endsAt` or once `endedAt` is set. Patient and staff are fixed here.
 *
 * `turn` counts the exchanges; the secret of that number in `element_secrets` is the one that is good now.
 * `rotatedAt` is when the one before was spent: that one may be asked with again for a moment.
 */
export const elementSessions = pgTable(
  "element_sessions",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    placementId: uuid("placement_id"),
    practiceId: uuid("practice_id").notNull(),
    patientId: text("patient_id"),
    adminId: text("admin_id"),
    /** Whoever made it must still be allowed to at every exchange: one of the two is set. */
    userId: uuid("user_id"),
    apiKeyId: uuid("api_key_id"),
    origin: text("origin"),
    sequence: integer("sequence").notNull().default(0),
    rotatedAt: timestamptz("rotated_at"),
    createdAt: timestamptz("created_at").notNull(),
    firstExchangeBefore: timestamptz("first_exchange_before").notNull(),
    endsAt: timestamptz("ends_at").notNull(),
    endedAt: timestamptz("ended_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("element_sessions_placement", t, t.placementId, placements),
    scopedForeignKey("element_sessions_practice", t, t.practiceId, practices),
    scopedForeignKey("element_sessions_api_key", t, t.apiKeyId, apiKeys),
    check("element_sessions_one_creator", sql`(${t.userId} is null) <> (${t.apiKeyId} is null)`),
    index("element_sessions_placement_id").on(
      t.tenantId,
      t.environment,
      t.placementId,
      t.rotatedAt,
    ),
    index("element_sessions_ends_at").on(t.endsAt),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);

/**
 * Every secret a session ever had, as its SHA-256, so that a spent one is known when it comes again.
 * `turn` is the exchange it is good for; of several with the same number only the newest is, because the
 * answer that held the older was lost.
 */
export const elementSecrets = pgTable(
  "element_secrets",
  {
    ...scopeColumns(),
    sessionId: uuid("session_id").notNull(),
    hash: bytea("hash").notNull(),
    sequence: integer("sequence").notNull(),
    isSuperseded: boolean("is_superseded").notNull().default(false),
  },
  (t) => [
    scopedPrimaryKey(t, [t.sessionId, t.hash]),
    scopedForeignKey("element_secrets_session", t, t.sessionId, elementSessions).onDelete(
      "cascade",
    ),
    uniqueIndex("element_secrets_hash").on(t.hash),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);
