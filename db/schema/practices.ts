import "server-only";
import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  jsonb,
  pgEnum,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { BookingOptions, CapabilityCheck } from "@/server/schemas/practices";
import { bytea, ownerReadPolicy, timestamptz, tenantPolicy } from "../columns";
import { dataKeys } from "./organisations";
import { scopeColumns, scopedForeignKey, scopedPrimaryKey } from "./scope-columns";

export const credentialState = pgEnum("credential_state", ["working", "needs_new_key", "removed"]);

/**
 * A Hero API key, sealed. `working` becomes `needs_new_key` when Hero responds with 401, and `working` again
 * with a new key or a successful test. When its last practice is disconnected it becomes `removed` and the
 * key is deleted; only then is `sealedKey` null. `fingerprint` is the SHA-256 of the key, to recognise the
 * same key.
 */
export const credentials = pgTable(
  "credentials",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    ownPracticeGroupId: text("own_practice_group_id").notNull(),
    sealedKey: bytea("sealed_key"),
    dataKeyId: uuid("data_key_id").notNull(),
    fingerprint: text("fingerprint").notNull(),
    lastFour: text("last_four").notNull(),
    state: credentialState("state").notNull().default("working"),
    addedBy: uuid("added_by").notNull(),
    addedAt: timestamptz("added_at").notNull().defaultNow(),
    lastUsedAt: timestamptz("last_used_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    foreignKey({
      name: "credentials_data_key",
      columns: [t.tenantId, t.dataKeyId],
      foreignColumns: [dataKeys.tenantId, dataKeys.id],
    }),
    check(
      "credentials_key_unless_removed",
      sql`(${t.state} = 'removed') = (${t.sealedKey} is null)`,
    ),
    uniqueIndex("credentials_fingerprint").on(t.tenantId, t.fingerprint),
    tenantPolicy(),
  ],
);

/**
 * The practices this tenant may use in an environment: a practice group id reaches Hero only from a row
 * here. Disconnecting sets `disconnectedAt` and keeps the row, which links refer to. Health is derived:
 * `needs_new_key` from the credential, else `failing` while `lastFailure` is set, else `working`.
 */
export const practices = pgTable(
  "practices",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    practiceGroupId: text("practice_group_id").notNull(),
    credentialId: uuid("credential_id").notNull(),
    name: text("name").notNull(),
    nickname: text("nickname"),
    sector: text("sector"),
    capabilities: text("capabilities").array().notNull(),
    capabilityChecks: jsonb("capability_checks").$type<CapabilityCheck[]>().notNull(),
    /** Hero's lists as last read, so that creating a link takes one call to Hero. */
    bookingOptions: jsonb("booking_options").$type<BookingOptions>(),
    lastCheckedAt: timestamptz("last_checked_at"),
    lastSuccessAt: timestamptz("last_success_at"),
    lastFailure: text("last_failure"),
    connectedAt: timestamptz("connected_at").notNull().defaultNow(),
    disconnectedAt: timestamptz("disconnected_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("practices_credential", t, t.credentialId, credentials),
    uniqueIndex("practices_group").on(t.tenantId, t.environment, t.practiceGroupId),
    index("practices_credential_id").on(t.tenantId, t.environment, t.credentialId),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);
