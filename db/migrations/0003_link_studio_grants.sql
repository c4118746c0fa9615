-- What older links are found by, before row-level security binds the owner on the new table as well.
-- Words are made as `server/services/links/terms.ts` makes them.
ALTER TABLE "links" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
UPDATE "links" SET "active_at" = coalesce("refreshed_at", "created_at");--> statement-breakpoint
INSERT INTO "link_terms" ("tenant_id", "environment", "term", "link_id")
  SELECT DISTINCT l."tenant_id", l."environment", left(word, 40), l."id"
  FROM "links" l, regexp_split_to_table(
    regexp_replace(lower(normalize(concat_ws(' ', l."name", l."appointment_type_name", l."location_name",
      l."practitioner_name", l."hero_link_id", substring(l."url" from '[^/]+$')), NFKD)),
      U&'[\0300-\036F]', '', 'g'),
    '[^[:alnum:]]+') AS word
  WHERE word <> '';--> statement-breakpoint
ALTER TABLE "links" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

ALTER TABLE "link_terms" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "link_views" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "bulks" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "bulk_rows" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "api_keys" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

GRANT SELECT, INSERT, DELETE ON "link_terms" TO portal_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "link_views", "bulk_rows" TO portal_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "bulks", "api_keys" TO portal_app;--> statement-breakpoint

-- The gate of the partner's servers: whose key is this? One row while it is not revoked, else none.
CREATE FUNCTION find_api_key(hash bytea)
RETURNS TABLE (
  tenant_id uuid, tenant_slug text, environment environment, id uuid, name text,
  permissions text[], last_used_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.tenant_id, t.slug, k.environment, k.id, k.name, k.permissions, k.last_used_at
  FROM api_keys k JOIN tenants t ON t.id = k.tenant_id
  WHERE k.token_hash = hash AND k.revoked_at IS NULL
$$;--> statement-breakpoint

-- Where the worker finds bulks to go on with or to clear away: ids only. One that was cancelled within the
-- hour too, because a run that died may have left rows of it in flight.
CREATE FUNCTION list_bulks_to_tend()
RETURNS TABLE (tenant_id uuid, environment environment, bulk_id uuid, state bulk_state, is_over boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.tenant_id, b.environment, b.id, b.state, b.rows_until < now()
  FROM bulks b
  WHERE b.state = 'running'
    OR (b.state = 'cancelled' AND b.finished_at > now() - interval '1 hour')
    OR (b.rows_until < now() AND b.result IS NULL)
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION find_api_key(bytea), list_bulks_to_tend() FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION find_api_key(bytea), list_bulks_to_tend() TO portal_app;
