DROP INDEX "messages_send_at";--> statement-breakpoint
ALTER TABLE "message_batches" ADD COLUMN "continued_after_row" integer;--> statement-breakpoint
CREATE INDEX "message_batches_awaiting" ON "message_batches" USING btree ("tenant_id","environment","approval_id") WHERE "message_batches"."state" = 'awaiting_approval';--> statement-breakpoint
CREATE INDEX "messages_send_at" ON "messages" USING btree ("tenant_id","environment","send_at") WHERE "messages"."batch_id" is null or "messages"."reminder_number" > 0;--> statement-breakpoint
CREATE POLICY "owner_reads" ON "approvals" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint

-- Messages of a batch are due while it is being sent, or after it has finished when they are reminders. A practice
-- also has work when one of its batches does.
CREATE OR REPLACE FUNCTION list_message_work(at timestamptz, lost_before timestamptz)
RETURNS TABLE (tenant_id uuid, environment environment, practice_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.tenant_id, p.environment, p.id FROM practices p
  CROSS JOIN LATERAL (
    (SELECT 1 FROM messages m
      WHERE m.tenant_id = p.tenant_id AND m.environment = p.environment AND m.practice_id = p.id
        AND m.state = 'scheduled' AND m.send_at <= at AND (m.leased_until IS NULL OR m.leased_until <= at)
        AND (m.batch_id IS NULL OR EXISTS (
          SELECT 1 FROM message_batches b
          WHERE b.tenant_id = m.tenant_id AND b.environment = m.environment AND b.id = m.batch_id
            AND (b.state = 'sending' OR (b.state = 'finished' AND m.reminder_number > 0))))
      ORDER BY m.send_at LIMIT 1)
    UNION ALL
    (SELECT 1 FROM message_batches b
      WHERE b.tenant_id = p.tenant_id AND b.environment = p.environment AND b.practice_id = p.id
        AND b.state IN ('checking', 'scheduled', 'sending') AND (b.leased_until IS NULL OR b.leased_until <= at)
        AND (b.state <> 'scheduled' OR b.send_at <= at)
        AND (b.state <> 'checking' OR b.pause_reason IS NULL)
      LIMIT 1)
    UNION ALL
    (SELECT 1 FROM message_batches b
      WHERE b.tenant_id = p.tenant_id AND b.environment = p.environment AND b.practice_id = p.id
        AND b.next_reminder_at <= at AND (b.leased_until IS NULL OR b.leased_until <= at)
      LIMIT 1)
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
    (SELECT 1 FROM messages m
      WHERE m.tenant_id = s.tenant_id AND m.environment = s.environment
        AND m.erase_at <= at AND m.sealed_content IS NOT NULL
      ORDER BY m.erase_at LIMIT 1)
    UNION ALL
    (SELECT 1 FROM message_batches b
      WHERE b.tenant_id = s.tenant_id AND b.environment = s.environment
        AND b.erase_at <= at AND b.sealed_content IS NOT NULL
      ORDER BY b.erase_at LIMIT 1)
    UNION ALL
    (SELECT 1 FROM approvals a
      JOIN message_batches b
        ON b.tenant_id = a.tenant_id AND b.environment = a.environment AND b.approval_id = a.id
      WHERE a.tenant_id = s.tenant_id AND a.environment = s.environment
        AND a.decision IS NULL AND a.expires_at <= at AND b.state = 'awaiting_approval'
      LIMIT 1)
    LIMIT 1
  ) ended
$$;
