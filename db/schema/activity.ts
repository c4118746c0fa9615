import "server-only";
import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { timestamptz, tenantPolicy } from "../columns";
import type { TenantId } from "../ids";
import { environmentEnum } from "./environments";
import { tenants } from "./organisations";
import { scopeColumns, scopedPrimaryKey } from "./scope-columns";

/**
 * The audit: one row for every change, written in the change's own transaction. Append-only: the app
 * role may insert and select, and a trigger refuses updates and deletes to everyone. Partitioned by
 * month on `occurredAt` (`ensure_partitions()`). `details` holds ids and limits, never patient data.
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
    /** Null when a job acted. */
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
 * The request log: one row for each call to Hero, metadata only. Partitioned by month.
 * `errorCode` is the name of the error the call ended in, null when it went well.
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
