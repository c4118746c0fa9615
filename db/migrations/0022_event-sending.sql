-- Where the worker finds events to send: destinations that are on, with events that it has not considered yet and
-- that no older open transaction can still precede, or with events that are due.
CREATE FUNCTION list_event_sending_work(at timestamptz)
RETURNS TABLE (
  tenant_id uuid, environment environment, destination_id uuid, has_events boolean, is_due boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM (
    SELECT d.tenant_id, d.environment, d.id,
      EXISTS (
        SELECT FROM events e
        WHERE e.tenant_id = d.tenant_id AND e.environment = d.environment
          AND (e.xid, e.id) > (d.cursor_xid, coalesce(d.cursor_id, '00000000-0000-0000-0000-000000000000'))
          AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
      ) AS has_events,
      (d.paused_until IS NULL OR d.paused_until <= at) AND EXISTS (
        SELECT FROM event_sendings s
        WHERE s.tenant_id = d.tenant_id AND s.environment = d.environment AND s.destination_id = d.id
          AND s.state = 'waiting' AND s.next_attempt_at <= at
          AND (s.leased_until IS NULL OR s.leased_until <= at)
      ) AS is_due
    FROM destinations d
    WHERE d.state = 'active' AND d.deleted_at IS NULL
  ) found (tenant_id, environment, destination_id, has_events, is_due)
  WHERE found.has_events OR found.is_due
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION list_event_sending_work(timestamptz) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION list_event_sending_work(timestamptz) TO portal_app;
