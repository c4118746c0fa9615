-- Counters that mean nothing after a crash: not worth waiting for the disk twice for every call to Hero
-- (docs/decisions/012-elements.md).
ALTER TABLE "rate_limits" SET UNLOGGED;--> statement-breakpoint
ALTER TABLE "hero_limits" SET UNLOGGED;--> statement-breakpoint

ALTER TABLE "placements" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "placement_practices" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "element_reports" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "element_sessions" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "element_secrets" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "element_script_acknowledgements" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

GRANT SELECT, INSERT, UPDATE ON "placements", "element_reports" TO portal_app;--> statement-breakpoint
GRANT SELECT, INSERT ON "element_script_acknowledgements" TO portal_app;--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON "placement_practices" TO portal_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "element_sessions", "element_secrets" TO portal_app;--> statement-breakpoint
-- Of Hero's public scripts, not of any tenant.
GRANT SELECT, INSERT, UPDATE ON "element_scripts", "element_script_versions" TO portal_app;--> statement-breakpoint

-- The gate of pages with an element: whose session is this secret of? One row, or none.
CREATE FUNCTION find_element_secret(secret_hash bytea)
RETURNS TABLE (
  tenant_id uuid, environment environment, session_id uuid, practice_id uuid, maker_id uuid
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.tenant_id, e.environment, e.id, e.practice_id, coalesce(e.user_id, e.api_key_id)
  FROM element_secrets s
  JOIN element_sessions e ON (e.tenant_id, e.environment, e.id) = (s.tenant_id, s.environment, s.session_id)
  WHERE s.hash = secret_hash
$$;--> statement-breakpoint

-- Whose placement is this, and who may frame it? Nothing of it is secret to a page that embeds it.
CREATE FUNCTION find_placement(placement_id uuid)
RETURNS TABLE (tenant_id uuid, environment environment, element text, origins text[], is_on boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.tenant_id, p.environment, p.element, p.origins, p.is_on
  FROM placements p WHERE p.id = placement_id
$$;--> statement-breakpoint

-- Whether any placement at all allows a page whose origin may stand as one of these: what a browser asks
-- before it sends a secret. Says nothing of whose.
CREATE FUNCTION is_placement_origin(candidates text[])
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM placements p WHERE p.origins && candidates)
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION find_element_secret(bytea), find_placement(uuid), is_placement_origin(text[]) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION find_element_secret(bytea), find_placement(uuid), is_placement_origin(text[]) TO portal_app;
