DROP INDEX "webhook_objects_due";--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD COLUMN "gathered_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "link_appointments_longest_unread" ON "link_appointments" USING btree ("tenant_id","environment","practice_id","read_at") WHERE "link_appointments"."state" = 'booked';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_arrived" ON "webhook_deliveries" USING btree ("tenant_id","environment","id") WHERE "webhook_deliveries"."state" = 'waiting' and "webhook_deliveries"."gathered_at" is null;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_gathered" ON "webhook_deliveries" USING btree ("tenant_id","environment","object_id") WHERE "webhook_deliveries"."state" = 'waiting' and "webhook_deliveries"."gathered_at" is not null;--> statement-breakpoint
CREATE INDEX "webhook_objects_due" ON "webhook_objects" USING btree ("tenant_id","environment","practice_id","due_at") WHERE "webhook_objects"."due_at" is not null;--> statement-breakpoint

-- Where the worker finds what to do: scopes with deliveries that nobody has seen (without a practice), and
-- practices with objects to read.
DROP FUNCTION list_webhook_work(timestamptz);--> statement-breakpoint
CREATE FUNCTION list_webhook_work(at timestamptz)
RETURNS TABLE (tenant_id uuid, environment environment, practice_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT d.tenant_id, d.environment, NULL::uuid FROM webhook_deliveries d
  WHERE d.state = 'waiting' AND d.gathered_at IS NULL
  UNION ALL
  SELECT DISTINCT o.tenant_id, o.environment, o.practice_id FROM webhook_objects o
  WHERE o.due_at <= at AND (o.leased_until IS NULL OR o.leased_until <= at)
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION list_webhook_work(timestamptz) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION list_webhook_work(timestamptz) TO portal_app;
