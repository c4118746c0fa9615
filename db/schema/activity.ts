import "server-only";
import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { timestamptz, tenantPolicy } from "../columns";
import type { TenantId } from "../ids";
import { environmentEnum } from "./environments";
import { tenants } from "./organisations";
import { scopeColumns, scopedPrimaryKey } from "./scope-columns";

/**
 * The audit: one row for each change, in the change's own transaction. Append-only: the app role may only
 * insert and select, and a trigger rejects updates and deletes by anyone. Partitioned by month on
 * `occurredAt` (`ensure_partitions()`). `details` holds ids and limits, never patient data.
 */
export const auditEvents = pgTable(
  "audit_events",
  {
    tenantId: uuid("tenant_id")
      .$type<TenantId>()
      .notNull()
      .references(() => tenants.id),
    id: uuid("id").notNull(),
    occurredAt: timestamptz("occurred_at").notNull().defaultNow(),
    environment: environmentEnum("environment"),
    /** Null for a job. */
    actorId: uuid("actor_id"),
    action: text("action").notNull(),
    subjectType: text("subject_type").notNull(),
    subjectId: uuid("subject_id").notNull(),
    subjectLabel: text("subject_label"),
    requestId: text("request_id").notNull(),
    details: jsonb("details").$type<Record<string, string | number | null>>(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id, t.occurredAt] }),
    index("audit_events_subject").on(t.tenantId, t.subjectId, t.id),
    tenantPolicy(),
  ],
);

/**
 * The request log: one row for each call to Hero, metadata only, partitioned by month. `errorCode` is null
 * for a successful call.
 */
export const heroRequests = pgTable(
  "hero_requests",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    occurredAt: timestamptz("occurred_at").notNull().defaultNow(),
    practiceGroupId: text("practice_group_id").notNull(),
    operation: text("operation").notNull(),
    method: text("method").notNull(),
    pathTemplate: text("path_template").notNull(),
    status: integer("status"),
    errorCode: text("error_code"),
    durationMs: integer("duration_ms").notNull(),
    requestId: text("request_id").notNull(),
    upstreamRequestId: text("upstream_request_id"),
  },
  (t) => [scopedPrimaryKey(t, [t.id, t.occurredAt]), tenantPolicy()],
);
