import "server-only";
import { sql } from "drizzle-orm";
import { check, index, pgEnum, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { ownerReadPolicy, timestamptz, tenantPolicy } from "../columns";
import { practices } from "./practices";
import { scopeColumns, scopedForeignKey, scopedPrimaryKey } from "./scope-columns";

export const approvalKind = pgEnum("approval_kind", ["patient_merge", "message_batch"]);
export const approvalDecision = pgEnum("approval_decision", ["approved", "refused", "withdrawn"]);

/**
 * A request that a second person must decide. Open until `decision` is set or `expiresAt` has passed. Who
 * requested it never decides it, but may withdraw it; a refusal has a reason. What was requested points
 * here with its own foreign key.
 */
export const approvals = pgTable(
  "approvals",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    kind: approvalKind("kind").notNull(),
    practiceId: uuid("practice_id").notNull(),
    requestedBy: uuid("requested_by").notNull(),
    requestedAt: timestamptz("requested_at").notNull().defaultNow(),
    expiresAt: timestamptz("expires_at").notNull(),
    decision: approvalDecision("decision"),
    decidedBy: uuid("decided_by"),
    decidedAt: timestamptz("decided_at"),
    /** Why it was refused, in the words of the person who refused. */
    reason: text("reason"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("approvals_practice", t, t.practiceId, practices),
    check(
      "approvals_second_person",
      sql`${t.decision} is null or (${t.decidedBy} is not null and ${t.decidedAt} is not null and (${t.decision} = 'withdrawn') = (${t.decidedBy} = ${t.requestedBy}))`,
    ),
    check("approvals_refusal_reason", sql`${t.decision} <> 'refused' or ${t.reason} is not null`),
    index("approvals_open")
      .on(t.tenantId, t.environment, t.expiresAt)
      .where(sql`${t.decision} is null`),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);
