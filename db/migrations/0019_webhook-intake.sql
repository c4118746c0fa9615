CREATE POLICY "owner_reads" ON "data_keys" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint
CREATE POLICY "owner_reads" ON "webhook_registrations" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint

-- Whose URLs are these, and with which keys may their deliveries be signed? Replaces find_webhook_endpoint. A
-- URL's token is as good as a key, and the keys are sealed: the caller cannot open what it has no master key
-- for. One row for each registration whose key may be accepted at that time, or one without a registration.
DROP FUNCTION find_webhook_endpoint(text);--> statement-breakpoint
CREATE FUNCTION find_webhook_endpoints(wanted text[], at timestamptz)
RETURNS TABLE (
  url_token text, tenant_id uuid, environment environment, endpoint_id uuid, practice_group_id text,
  registration_id uuid, sealed_key bytea, accepted_until timestamptz, data_key_id uuid, sealed_data_key bytea,
  newest_data_key_id uuid, newest_sealed_data_key bytea
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.url_token, e.tenant_id, e.environment, e.id, p.practice_group_id,
    r.id, r.sealed_key, r.accepted_until, k.id, k.sealed_key, n.id, n.sealed_key
  FROM webhook_endpoints e
  JOIN practices p ON p.tenant_id = e.tenant_id AND p.environment = e.environment AND p.id = e.practice_id
  CROSS JOIN LATERAL (
    SELECT d.id, d.sealed_key FROM data_keys d WHERE d.tenant_id = e.tenant_id ORDER BY d.id DESC LIMIT 1
  ) n
  LEFT JOIN webhook_registrations r
    ON r.tenant_id = e.tenant_id AND r.environment = e.environment AND r.endpoint_id = e.id
    AND r.state <> 'failed'
    AND (r.accepted_until > at OR (r.accepted_until IS NULL AND r.state <> 'ended'))
  LEFT JOIN data_keys k ON k.tenant_id = r.tenant_id AND k.id = r.data_key_id
  WHERE e.url_token = ANY (wanted) AND e.removed_at IS NULL
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION find_webhook_endpoints(text[], timestamptz) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION find_webhook_endpoints(text[], timestamptz) TO portal_app;
