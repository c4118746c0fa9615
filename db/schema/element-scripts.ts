import "server-only";
import { integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { timestamptz, tenantPolicy } from "../columns";
import type { TenantId } from "../ids";
import { tenants } from "./organisations";

/**
 * A script on Hero's script host, the same for every tenant. Its current version has the newest
 * `lastSeenAt`. `lastFailure` is why the last check failed, as a sentence; null after a successful one.
 */
export const elementScripts = pgTable("element_scripts", {
  url: text("url").primaryKey(),
  lastCheckedAt: timestamptz("last_checked_at").notNull(),
  lastFailure: text("last_failure"),
});

export const elementScriptVersions = pgTable(
  "element_script_versions",
  {
    url: text("url")
      .notNull()
      .references(() => elementScripts.url),
    sha256: text("sha256").notNull(),
    size: integer("size").notNull(),
    firstSeenAt: timestamptz("first_seen_at").notNull(),
    lastSeenAt: timestamptz("last_seen_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.url, t.sha256] })],
);

/** Who in an organisation reviewed a version. */
export const elementScriptAcknowledgements = pgTable(
  "element_script_acknowledgements",
  {
    tenantId: uuid("tenant_id")
      .$type<TenantId>()
      .notNull()
      .references(() => tenants.id),
    url: text("url").notNull(),
    sha256: text("sha256").notNull(),
    userId: uuid("user_id").notNull(),
    acknowledgedAt: timestamptz("acknowledged_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.url, t.sha256] }), tenantPolicy()],
);
