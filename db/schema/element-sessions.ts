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
 * A short-lived permission to get Hero access tokens for one placement and practice; without a placement,
 * for the portal's own page. The first exchange must come before `firstExchangeBefore` and binds the session
 * to `origin`. No token is issued after `endsAt` or once `endedAt` is set. Patient and staff never change.
 *
 * `sequence` counts the exchanges; the secret with that number in `element_secrets` is the valid one.
 * `rotatedAt` is when the previous one was used: it may be replayed for a short time.
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
    /** The creator, who must still have the permission at every exchange. Exactly one is set. */
    userId: uuid("user_id"),
    /** The portal session in which the person created it: it ends with that session. */
    portalSessionId: uuid("portal_session_id"),
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
 * Every secret a session has had, as its SHA-256, so that a used one is recognised. `sequence` is the
 * exchange it is valid for. Of several with the same number only the newest is valid: the response with the
 * older one was lost.
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
