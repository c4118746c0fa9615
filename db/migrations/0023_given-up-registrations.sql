-- A registration that was given up because Hero's list did not show it may appear there later. Its key is
-- accepted as well, so that its deliveries are not lost.
CREATE OR REPLACE FUNCTION find_webhook_endpoints(wanted text[], at timestamptz)
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
    AND (r.state <> 'failed' OR r.failure_code = 'not_listed')
    AND (r.accepted_until > at OR (r.accepted_until IS NULL AND r.state <> 'ended'))
  LEFT JOIN data_keys k ON k.tenant_id = r.tenant_id AND k.id = r.data_key_id
  WHERE e.url_token = ANY (wanted) AND e.removed_at IS NULL
$$;--> statement-breakpoint

-- Counts of endpoints are kept for as long as their pages and the check for silence read them.
GRANT DELETE ON "webhook_endpoint_hours" TO portal_app;
