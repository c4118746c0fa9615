CREATE TYPE "public"."destination_state" AS ENUM('active', 'disabled');--> statement-breakpoint
CREATE TYPE "public"."event_sending_state" AS ENUM('waiting', 'delivered', 'given_up');--> statement-breakpoint
CREATE TYPE "public"."webhook_delivery_state" AS ENUM('waiting', 'done', 'kept', 'quarantined', 'failed');--> statement-breakpoint
CREATE TYPE "public"."link_appointment_state" AS ENUM('booked', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."webhook_registration_state" AS ENUM('pending', 'active', 'failed', 'lost', 'ending', 'ended');--> statement-breakpoint
CREATE TABLE "destination_secrets" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"destination_id" uuid NOT NULL,
	"sealed_secret" "bytea" NOT NULL,
	"data_key_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"valid_until" timestamp (3) with time zone,
	CONSTRAINT "destination_secrets_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "destination_secrets" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "destinations" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"event_types" text[] DEFAULT '{}' NOT NULL,
	"practice_ids" uuid[] DEFAULT '{}' NOT NULL,
	"state" "destination_state" DEFAULT 'active' NOT NULL,
	"disabled_reason" text,
	"disabled_at" timestamp (3) with time zone,
	"failing_since" timestamp (3) with time zone,
	"warned_at" timestamp (3) with time zone,
	"paused_until" timestamp (3) with time zone,
	"cursor_xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"cursor_id" uuid,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "destinations_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "destinations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "event_sending_attempts" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"destination_id" uuid NOT NULL,
	"event_id" uuid NOT NULL,
	"attempted_at" timestamp (3) with time zone NOT NULL,
	"status" integer,
	"error_code" text,
	"duration_ms" integer NOT NULL,
	CONSTRAINT "event_sending_attempts_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "event_sending_attempts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "event_sendings" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"destination_id" uuid NOT NULL,
	"event_id" uuid NOT NULL,
	"state" "event_sending_state" DEFAULT 'waiting' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"first_attempt_at" timestamp (3) with time zone,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"leased_until" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "event_sendings_pk" PRIMARY KEY("tenant_id","environment","destination_id","event_id")
);
--> statement-breakpoint
ALTER TABLE "event_sendings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "events" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"type" text NOT NULL,
	"key" text NOT NULL,
	"practice_id" uuid,
	"subject_id" text NOT NULL,
	"data" jsonb NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	CONSTRAINT "events_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "change_batches" (
	"batch" bigint NOT NULL,
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"changes" jsonb NOT NULL,
	"sent_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "change_batches_batch_tenant_id_environment_pk" PRIMARY KEY("batch","tenant_id","environment")
);
--> statement-breakpoint
ALTER TABLE "change_batches" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "changes" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"topic" text NOT NULL,
	"subject_id" text,
	CONSTRAINT "changes_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "changes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "link_appointments" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"practice_id" uuid NOT NULL,
	"hero_appointment_id" text NOT NULL,
	"link_id" uuid NOT NULL,
	"state" "link_appointment_state" NOT NULL,
	"starts_at" timestamp (3) with time zone,
	"booked_at" timestamp (3) with time zone NOT NULL,
	"cancelled_at" timestamp (3) with time zone,
	"rescheduled_at" timestamp (3) with time zone,
	"read_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "link_appointments_pk" PRIMARY KEY("tenant_id","environment","practice_id","hero_appointment_id")
);
--> statement-breakpoint
ALTER TABLE "link_appointments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"dedupe_hash" "bytea" NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"is_late" boolean DEFAULT false NOT NULL,
	"event_type" text,
	"object_type" text,
	"object_id" text,
	"headers" jsonb NOT NULL,
	"body_size" integer NOT NULL,
	"sealed_body" "bytea",
	"data_key_id" uuid NOT NULL,
	"repeats" integer DEFAULT 0 NOT NULL,
	"state" "webhook_delivery_state" DEFAULT 'waiting' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"outcome" text,
	"processed_at" timestamp (3) with time zone,
	CONSTRAINT "webhook_deliveries_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "webhook_endpoint_hours" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"received" integer DEFAULT 0 NOT NULL,
	"verified" integer DEFAULT 0 NOT NULL,
	"refused" integer DEFAULT 0 NOT NULL,
	"late" integer DEFAULT 0 NOT NULL,
	"repeated" integer DEFAULT 0 NOT NULL,
	"quarantined" integer DEFAULT 0 NOT NULL,
	"lag_ms_sum" bigint DEFAULT 0 NOT NULL,
	"lag_ms_max" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "webhook_endpoint_hours_pk" PRIMARY KEY("tenant_id","environment","endpoint_id","hour")
);
--> statement-breakpoint
ALTER TABLE "webhook_endpoint_hours" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"practice_id" uuid NOT NULL,
	"event_type" text NOT NULL,
	"url_token" text NOT NULL,
	"first_verified_at" timestamp (3) with time zone,
	"last_verified_at" timestamp (3) with time zone,
	"silence_mailed_at" timestamp (3) with time zone,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"removed_at" timestamp (3) with time zone,
	CONSTRAINT "webhook_endpoints_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "webhook_objects" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"practice_id" uuid NOT NULL,
	"object_type" text NOT NULL,
	"object_id" text NOT NULL,
	"due_at" timestamp (3) with time zone,
	"leased_until" timestamp (3) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_read_at" timestamp (3) with time zone,
	CONSTRAINT "webhook_objects_pk" PRIMARY KEY("tenant_id","environment","practice_id","object_type","object_id")
);
--> statement-breakpoint
ALTER TABLE "webhook_objects" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "webhook_registrations" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"state" "webhook_registration_state" DEFAULT 'pending' NOT NULL,
	"hero_webhook_id" text,
	"sealed_key" "bytea" NOT NULL,
	"data_key_id" uuid NOT NULL,
	"failure" text,
	"failure_code" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"accepted_until" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "webhook_registrations_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "webhook_registrations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "opened_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "destination_secrets" ADD CONSTRAINT "destination_secrets_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "destination_secrets" ADD CONSTRAINT "destination_secrets_destination" FOREIGN KEY ("tenant_id","environment","destination_id") REFERENCES "public"."destinations"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "destination_secrets" ADD CONSTRAINT "destination_secrets_data_key" FOREIGN KEY ("tenant_id","data_key_id") REFERENCES "public"."data_keys"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "destinations" ADD CONSTRAINT "destinations_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "event_sending_attempts" ADD CONSTRAINT "event_sending_attempts_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "event_sendings" ADD CONSTRAINT "event_sendings_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "event_sendings" ADD CONSTRAINT "event_sendings_destination" FOREIGN KEY ("tenant_id","environment","destination_id") REFERENCES "public"."destinations"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "event_sendings" ADD CONSTRAINT "event_sendings_event" FOREIGN KEY ("tenant_id","environment","event_id") REFERENCES "public"."events"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "changes" ADD CONSTRAINT "changes_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link_appointments" ADD CONSTRAINT "link_appointments_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link_appointments" ADD CONSTRAINT "link_appointments_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link_appointments" ADD CONSTRAINT "link_appointments_link" FOREIGN KEY ("tenant_id","environment","link_id") REFERENCES "public"."links"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint" FOREIGN KEY ("tenant_id","environment","endpoint_id") REFERENCES "public"."webhook_endpoints"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_endpoint_hours" ADD CONSTRAINT "webhook_endpoint_hours_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_endpoint_hours" ADD CONSTRAINT "webhook_endpoint_hours_endpoint" FOREIGN KEY ("tenant_id","environment","endpoint_id") REFERENCES "public"."webhook_endpoints"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_objects" ADD CONSTRAINT "webhook_objects_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_objects" ADD CONSTRAINT "webhook_objects_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_registrations" ADD CONSTRAINT "webhook_registrations_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_registrations" ADD CONSTRAINT "webhook_registrations_endpoint" FOREIGN KEY ("tenant_id","environment","endpoint_id") REFERENCES "public"."webhook_endpoints"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_registrations" ADD CONSTRAINT "webhook_registrations_data_key" FOREIGN KEY ("tenant_id","data_key_id") REFERENCES "public"."data_keys"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "destination_secrets_destination_id" ON "destination_secrets" USING btree ("tenant_id","environment","destination_id");--> statement-breakpoint
CREATE INDEX "event_sending_attempts_event" ON "event_sending_attempts" USING btree ("tenant_id","environment","destination_id","event_id","attempted_at");--> statement-breakpoint
CREATE INDEX "event_sendings_due" ON "event_sendings" USING btree ("tenant_id","environment","destination_id","next_attempt_at") WHERE "event_sendings"."state" = 'waiting';--> statement-breakpoint
CREATE UNIQUE INDEX "events_key" ON "events" USING btree ("tenant_id","environment","key");--> statement-breakpoint
CREATE INDEX "events_order" ON "events" USING btree ("tenant_id","environment","xid","id");--> statement-breakpoint
CREATE INDEX "events_type_time" ON "events" USING btree ("tenant_id","environment","type","occurred_at");--> statement-breakpoint
CREATE INDEX "change_batches_sent" ON "change_batches" USING btree ("sent_at");--> statement-breakpoint
CREATE INDEX "link_appointments_link_id" ON "link_appointments" USING btree ("tenant_id","environment","link_id");--> statement-breakpoint
CREATE INDEX "link_appointments_booked" ON "link_appointments" USING btree ("tenant_id","environment","booked_at");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_dedupe" ON "webhook_deliveries" USING btree ("tenant_id","environment","endpoint_id","dedupe_hash");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_endpoint_id" ON "webhook_deliveries" USING btree ("tenant_id","environment","endpoint_id","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_open" ON "webhook_deliveries" USING btree ("tenant_id","environment","state","id") WHERE "webhook_deliveries"."state" in ('waiting', 'quarantined', 'failed');--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_endpoints_url_token" ON "webhook_endpoints" USING btree ("url_token");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_endpoints_event_type" ON "webhook_endpoints" USING btree ("tenant_id","environment","practice_id","event_type") WHERE "webhook_endpoints"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "webhook_objects_due" ON "webhook_objects" USING btree ("tenant_id","environment","due_at") WHERE "webhook_objects"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "webhook_registrations_endpoint_id" ON "webhook_registrations" USING btree ("tenant_id","environment","endpoint_id");--> statement-breakpoint
CREATE POLICY "tenant_only" ON "destination_secrets" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "destinations" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "owner_reads" ON "destinations" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "event_sending_attempts" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "event_sendings" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "owner_reads" ON "event_sendings" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "events" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "owner_reads" ON "events" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "change_batches" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "owner_writes" ON "change_batches" AS PERMISSIVE FOR ALL TO "portal_owner" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "changes" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "owner_writes" ON "changes" AS PERMISSIVE FOR ALL TO "portal_owner" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "link_appointments" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "webhook_deliveries" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "owner_reads" ON "webhook_deliveries" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "webhook_endpoint_hours" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "webhook_endpoints" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "owner_reads" ON "webhook_endpoints" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "webhook_objects" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "owner_reads" ON "webhook_objects" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "webhook_registrations" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
ALTER TABLE "webhook_endpoints" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "webhook_registrations" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "webhook_objects" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "webhook_endpoint_hours" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "link_appointments" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "events" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "destinations" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "destination_secrets" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "event_sendings" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "event_sending_attempts" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "changes" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "change_batches" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

GRANT SELECT, INSERT, UPDATE ON "webhook_endpoints", "webhook_registrations", "webhook_endpoint_hours", "link_appointments", "destinations" TO portal_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "webhook_deliveries", "webhook_objects", "destination_secrets", "event_sendings", "event_sending_attempts" TO portal_app;--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON "events" TO portal_app;--> statement-breakpoint
GRANT SELECT, INSERT ON "changes" TO portal_app;--> statement-breakpoint
GRANT SELECT ON "change_batches" TO portal_app;--> statement-breakpoint

-- Whose URL is this? Its token is as good as a key: nothing else finds the row.
CREATE FUNCTION find_webhook_endpoint(wanted text)
RETURNS TABLE (
  tenant_id uuid, environment environment, endpoint_id uuid, practice_id uuid,
  practice_group_id text, event_type text, removed_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.tenant_id, e.environment, e.id, e.practice_id, p.practice_group_id, e.event_type, e.removed_at
  FROM webhook_endpoints e
  JOIN practices p ON p.tenant_id = e.tenant_id AND p.environment = e.environment AND p.id = e.practice_id
  WHERE e.url_token = wanted
$$;--> statement-breakpoint

-- Where the worker finds deliveries and objects to process: the scopes only.
CREATE FUNCTION list_webhook_work(at timestamptz)
RETURNS TABLE (tenant_id uuid, environment environment)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.tenant_id, d.environment FROM webhook_deliveries d
  WHERE d.state = 'waiting' AND (d.next_attempt_at IS NULL OR d.next_attempt_at <= at)
  UNION
  SELECT o.tenant_id, o.environment FROM webhook_objects o
  WHERE o.due_at <= at AND (o.leased_until IS NULL OR o.leased_until <= at)
$$;--> statement-breakpoint

-- Moves changes to the next batch, one sender at a time, and returns its number; null when there was
-- nothing to send or another sender is at work.
CREATE FUNCTION send_changes(most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  next_batch bigint;
BEGIN
  IF NOT pg_try_advisory_xact_lock(4821733107) THEN
    RETURN NULL;
  END IF;
  SELECT coalesce(max(batch), 0) + 1 INTO next_batch FROM change_batches;
  WITH taken AS (
    DELETE FROM changes c USING (
      SELECT tenant_id, environment, id FROM changes ORDER BY id LIMIT most FOR UPDATE SKIP LOCKED
    ) picked
    WHERE c.tenant_id = picked.tenant_id AND c.environment = picked.environment AND c.id = picked.id
    RETURNING c.tenant_id, c.environment, c.topic, c.subject_id
  ), grouped AS (
    SELECT DISTINCT tenant_id, environment, topic, subject_id FROM taken
  )
  INSERT INTO change_batches (batch, tenant_id, environment, changes)
  SELECT next_batch, tenant_id, environment,
         jsonb_agg(jsonb_build_object('topic', topic, 'subjectId', subject_id))
  FROM grouped GROUP BY tenant_id, environment;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  -- The newest batch stays, so that numbers never start again.
  DELETE FROM change_batches WHERE sent_at < now() - interval '15 minutes' AND batch < next_batch;
  RETURN next_batch;
END $$;--> statement-breakpoint

-- The batches after one, and the oldest and newest that are kept.
CREATE FUNCTION read_change_batches(after bigint)
RETURNS TABLE (batch bigint, tenant_id uuid, environment environment, changes jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.batch, b.tenant_id, b.environment, b.changes FROM change_batches b
  WHERE b.batch > after ORDER BY b.batch
$$;--> statement-breakpoint
CREATE FUNCTION find_change_batch_range()
RETURNS TABLE (oldest bigint, newest bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(min(batch), 0), coalesce(max(batch), 0) FROM change_batches
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION find_webhook_endpoint(text), list_webhook_work(timestamptz), send_changes(integer), read_change_batches(bigint), find_change_batch_range() FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION find_webhook_endpoint(text), list_webhook_work(timestamptz), send_changes(integer), read_change_batches(bigint), find_change_batch_range() TO portal_app;
