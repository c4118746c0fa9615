import "server-only";
import { bigint, index, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { ownerWritePolicy, tenantPolicy, timestamptz } from "../columns";
import { environmentEnum } from "./environments";
import { scopeColumns, scopedPrimaryKey } from "./scope-columns";

/**
 * Changes that open pages have not been told yet, written in the change's own transaction. `send_changes`
 * moves them to `change_batches`. Nothing notifies here: a transaction that does takes a global lock.
 */
export const changes = pgTable(
  "changes",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    topic: text("topic").notNull(),
    /** Null: any of the topic. */
    subjectId: text("subject_id"),
  },
  (t) => [scopedPrimaryKey(t, [t.id]), tenantPolicy(), ownerWritePolicy()],
);

/**
 * What open pages were told: topics and IDs of one tenant and environment, by batch. One sender at a time
 * numbers the batches, so that a higher number is never visible before a lower one. Read only through
 * `read_change_batches`.
 */
export const changeBatches = pgTable(
  "change_batches",
  {
    batch: bigint("batch", { mode: "number" }).notNull(),
    tenantId: uuid("tenant_id").notNull(),
    environment: environmentEnum("environment").notNull(),
    changes: jsonb("changes").$type<{ topic: string; subjectId: string | null }[]>().notNull(),
    sentAt: timestamptz("sent_at").notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.batch, t.tenantId, t.environment] }),
    index("change_batches_sent").on(t.sentAt),
    tenantPolicy(),
    ownerWritePolicy(),
  ],
);
