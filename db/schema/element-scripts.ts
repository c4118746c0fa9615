import "server-only";
import { integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { timestamptz, tenantPolicy } from "../columns";
import type { TenantId } from "../ids";
import { tenants } from "./organisations";

/**
 * What stood at a web address of Hero's script host when it was looked at: public bytes, the same for every
 * tenant. The version seen last is the one with the newest `lastSeenAt`; `lastFailure` is why the newest
 * look failed, a sentence, and null after one that did not.
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

/** Who in an organisation looked at a version and let it stand. */
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
