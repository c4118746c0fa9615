import "server-only";
import { index, pgEnum, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { bytea, ownerReadPolicy, timestamptz, tenantPolicy } from "../columns";
import type { TenantId } from "../ids";
import { roles } from "@/server/schemas/permissions";
import { users } from "./accounts";

/** A partner organisation. `slug` is the first path segment of its pages. */
export const tenants = pgTable(
  "tenants",
  {
    id: uuid("id").$type<TenantId>().primaryKey(),
    slug: text("slug").notNull(),
    name: text("name").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
  },
  (t) => [uniqueIndex("tenants_slug").on(t.slug), tenantPolicy("id"), ownerReadPolicy()],
);

export const roleEnum = pgEnum("role", roles);

export const memberships = pgTable(
  "memberships",
  {
    tenantId: uuid("tenant_id")
      .$type<TenantId>()
      .notNull()
      .references(() => tenants.id),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id),
    role: roleEnum("role").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.userId] }),
    index("memberships_user").on(t.userId),
    tenantPolicy(),
    ownerReadPolicy(),
  ],
);

/**
 * The tenant's data keys, each sealed by a master key. The newest one seals; older ones only open.
 * `masterKeyId` repeats what the sealed bytes contain, so that a rotation can find the rest.
 */
export const dataKeys = pgTable(
  "data_keys",
  {
    tenantId: uuid("tenant_id")
      .$type<TenantId>()
      .notNull()
      .references(() => tenants.id),
    id: uuid("id").notNull(),
    sealedKey: bytea("sealed_key").notNull(),
    masterKeyId: text("master_key_id").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), tenantPolicy(), ownerReadPolicy()],
);
