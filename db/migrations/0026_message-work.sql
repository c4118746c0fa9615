DROP INDEX "messages_patient";--> statement-breakpoint
DROP INDEX "messages_due";--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "unreadable_since" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "messages_claimed" ON "messages" USING btree ("tenant_id","environment","practice_id","claimed_at") WHERE "messages"."state" = 'sending';--> statement-breakpoint
CREATE INDEX "messages_patient" ON "messages" USING btree ("tenant_id","environment","patient_id","id");--> statement-breakpoint
CREATE INDEX "messages_due" ON "messages" USING btree ("tenant_id","environment","practice_id","send_at") WHERE "messages"."state" = 'scheduled';--> statement-breakpoint

-- One look at an index for each practice, however many of its messages wait or are followed.
CREATE OR REPLACE FUNCTION list_message_work(at timestamptz, lost_before timestamptz)
RETURNS TABLE (tenant_id uuid, environment environment, practice_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.tenant_id, p.environment, p.id FROM practices p
  CROSS JOIN LATERAL (
    (SELECT 1 FROM messages m
      WHERE m.tenant_id = p.tenant_id AND m.environment = p.environment AND m.practice_id = p.id
        AND m.state = 'scheduled' AND m.send_at <= at AND (m.leased_until IS NULL OR m.leased_until <= at)
      ORDER BY m.send_at LIMIT 1)
    UNION ALL
    (SELECT 1 FROM messages m
      WHERE m.tenant_id = p.tenant_id AND m.environment = p.environment AND m.practice_id = p.id
        AND m.state = 'sending' AND m.claimed_at < lost_before
      ORDER BY m.claimed_at LIMIT 1)
    UNION ALL
    (SELECT 1 FROM messages m
      WHERE m.tenant_id = p.tenant_id AND m.environment = p.environment AND m.practice_id = p.id
        AND m.next_read_at <= at
      ORDER BY m.next_read_at LIMIT 1)
    LIMIT 1
  ) work
  UNION ALL
  SELECT s.tenant_id, s.environment, NULL::uuid
  FROM (SELECT DISTINCT p.tenant_id, p.environment FROM practices p) s
  CROSS JOIN LATERAL (
    SELECT 1 FROM messages m
    WHERE m.tenant_id = s.tenant_id AND m.environment = s.environment
      AND m.erase_at <= at AND m.sealed_content IS NOT NULL
    ORDER BY m.erase_at LIMIT 1
  ) text
$$;
