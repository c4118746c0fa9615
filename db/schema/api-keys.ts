import "server-only";
import { pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { bytea, ownerReadPolicy, timestamptz, tenantPolicy } from "../columns";
import { scopeColumns, scopedPrimaryKey } from "./scope-columns";

/**
 * An API key of a partner's server, for one environment. The key is shown once and stored as its SHA-256
 * (`server/crypto/tokens.ts`); `lastFour` tells keys apart. A revoked key keeps its row, which links and the
 * audit refer to.
 */
export const apiKeys = pgTable(
  "api_keys",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    name: text("name").notNull(),
    tokenHash: bytea("token_hash").notNull(),
    lastFour: text("last_four").notNull(),
    permissions: text("permissions").array().notNull(),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    lastUsedAt: timestamptz("last_used_at"),
    revokedAt: timestamptz("revoked_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    uniqueIndex("api_keys_token").on(t.tokenHash),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);
