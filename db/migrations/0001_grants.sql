-- Row-level security binds the owner too; what the gate may read is in its own policies.
ALTER TABLE "tenants" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "memberships" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "data_keys" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "credentials" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "practices" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "links" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "audit_events" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "hero_requests" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

-- What the serving role may do. The audit can only grow; links and practices are never deleted.
GRANT USAGE ON SCHEMA public TO portal_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "users", "passwords", "sessions", "email_tokens", "workers", "rate_limits", "hero_limits" TO portal_app;--> statement-breakpoint
GRANT SELECT, INSERT ON "account_events", "audit_events", "hero_requests", "tenants", "memberships", "data_keys" TO portal_app;--> statement-breakpoint
GRANT UPDATE ("sealed_key", "master_key_id") ON "data_keys" TO portal_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "credentials", "practices", "links" TO portal_app;--> statement-breakpoint

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;--> statement-breakpoint
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON "audit_events"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER account_events_append_only BEFORE UPDATE OR DELETE ON "account_events"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
-- Emptying a table fires no row's trigger. An old partition can still be dropped, on purpose and whole.
CREATE TRIGGER audit_events_not_emptied BEFORE TRUNCATE ON "audit_events"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER account_events_not_emptied BEFORE TRUNCATE ON "account_events"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint

-- Makes the partitions of this month and the three after it. Runs as the owner at each start and, by
-- the worker, once a day; what falls outside them lands in the default partition, never nowhere.
CREATE FUNCTION ensure_partitions() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  parent text;
  part text;
  month timestamp;
BEGIN
  FOREACH parent IN ARRAY ARRAY['audit_events', 'hero_requests'] LOOP
    FOR i IN 0..3 LOOP
      month := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => i);
      part := parent || to_char(month, '_YYYY_MM');
      IF to_regclass(part) IS NULL THEN
        BEGIN
          EXECUTE format(
            'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
            part, parent, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC'
          );
        EXCEPTION WHEN check_violation THEN
          RAISE WARNING 'rows of % are in the default partition and stay there', part;
        END;
      END IF;
    END LOOP;
    IF to_regclass(parent || '_rest') IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_rest', parent);
    END IF;
  END LOOP;
  -- Partitions inherit the triggers of rows, but not those of statements.
  FOR part IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'audit_events'::regclass
      AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'not_emptied')
  LOOP
    EXECUTE format(
      'CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      part
    );
  END LOOP;
END $$;--> statement-breakpoint

-- The gate: who holds this session, and what are they in the organisation with this short name? One
-- row while the session lives, with null tenant columns for a stranger; otherwise none.
CREATE FUNCTION find_scope(session_token_hash bytea, tenant_slug text, at timestamptz, idle interval)
RETURNS TABLE (
  session_id uuid, user_id uuid, user_name text, user_email text,
  created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz,
  tenant_id uuid, tenant_name text, member_role role
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.id, u.id, u.name, u.email, s.created_at, s.last_seen_at, s.expires_at,
         m.tenant_id, m.name, m.role
  FROM sessions s
  JOIN users u ON u.id = s.user_id AND u.disabled_at IS NULL
  LEFT JOIN LATERAL (
    SELECT t.id AS tenant_id, t.name, ms.role
    FROM tenants t JOIN memberships ms ON ms.tenant_id = t.id AND ms.user_id = u.id
    WHERE t.slug = tenant_slug
  ) m ON true
  WHERE s.token_hash = session_token_hash AND s.expires_at > at AND s.last_seen_at > at - idle
$$;--> statement-breakpoint

-- The organisations of one person, for the chooser and the switcher.
CREATE FUNCTION find_organisations(member uuid)
RETURNS TABLE (slug text, name text, member_role role)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.slug, t.name, ms.role
  FROM memberships ms JOIN tenants t ON t.id = ms.tenant_id
  WHERE ms.user_id = member
  ORDER BY lower(t.name), t.slug
$$;--> statement-breakpoint

-- Where the worker finds its work across tenants: ids only.
CREATE FUNCTION list_connected_practices()
RETURNS TABLE (tenant_id uuid, environment environment, practice_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.tenant_id, p.environment, p.id FROM practices p WHERE p.disconnected_at IS NULL
$$;--> statement-breakpoint
CREATE FUNCTION list_tenants() RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.id FROM tenants t
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION ensure_partitions(), find_scope(bytea, text, timestamptz, interval), find_organisations(uuid), list_connected_practices(), list_tenants() FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION ensure_partitions(), find_scope(bytea, text, timestamptz, interval), find_organisations(uuid), list_connected_practices(), list_tenants() TO portal_app;
