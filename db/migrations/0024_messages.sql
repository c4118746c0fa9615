CREATE TYPE "public"."message_channel" AS ENUM('nhs_app', 'sms', 'email', 'note');--> statement-breakpoint
CREATE TYPE "public"."message_record_write" AS ENUM('none', 'for_approval', 'automatic');--> statement-breakpoint
CREATE TYPE "public"."message_state" AS ENUM('scheduled', 'held', 'sending', 'sent', 'delivered', 'opened', 'failed', 'unknown', 'cancelled');--> statement-breakpoint
CREATE TABLE "message_settings" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"undo_seconds" integer NOT NULL,
	"quiet_from" text NOT NULL,
	"quiet_to" text NOT NULL,
	"sms_pence" double precision,
	"island_sms_pence" double precision,
	"text_days" integer NOT NULL,
	"updated_by" uuid NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "message_settings_tenant_id_environment_pk" PRIMARY KEY("tenant_id","environment")
);
--> statement-breakpoint
ALTER TABLE "message_settings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "message_templates" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"text" text NOT NULL,
	"created_by" uuid NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"archived_at" timestamp (3) with time zone,
	CONSTRAINT "message_templates_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "message_templates" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "messages" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"operation_id" uuid NOT NULL,
	"request_hash" text NOT NULL,
	"practice_id" uuid NOT NULL,
	"patient_id" text NOT NULL,
	"channel" "message_channel" NOT NULL,
	"fallback_channel" "message_channel",
	"link_id" uuid,
	"record_write" "message_record_write" DEFAULT 'none' NOT NULL,
	"snomed_code" text,
	"snomed_term" text,
	"sealed_content" "bytea",
	"data_key_id" uuid NOT NULL,
	"preview_fingerprint" text NOT NULL,
	"confirmed" text[] DEFAULT '{}' NOT NULL,
	"sms_parts" integer,
	"lowest_pence" double precision,
	"highest_pence" double precision,
	"send_at" timestamp (3) with time zone NOT NULL,
	"state" "message_state" DEFAULT 'scheduled' NOT NULL,
	"failure" text,
	"failure_code" text,
	"leased_until" timestamp (3) with time zone,
	"claimed_at" timestamp (3) with time zone,
	"hero_message_id" text,
	"hero_status" text,
	"record_write_status" text,
	"record_write_failure" text,
	"sent_at" timestamp (3) with time zone,
	"delivered_at" timestamp (3) with time zone,
	"delivered_channel" "message_channel",
	"refreshed_at" timestamp (3) with time zone,
	"next_read_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"erase_at" timestamp (3) with time zone,
	"content_erased_at" timestamp (3) with time zone,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"cancelled_by" uuid,
	"cancelled_at" timestamp (3) with time zone,
	CONSTRAINT "messages_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id"),
	CONSTRAINT "messages_content_until_erased" CHECK (("messages"."sealed_content" is null) = ("messages"."content_erased_at" is not null)),
	CONSTRAINT "messages_sent_with_id" CHECK ("messages"."hero_message_id" is not null or "messages"."state" not in ('sent', 'delivered', 'opened'))
);
--> statement-breakpoint
ALTER TABLE "messages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sensitive_contacts" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"practice_id" uuid NOT NULL,
	"patient_id" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sensitive_contacts_pk" PRIMARY KEY("tenant_id","environment","practice_id","patient_id")
);
--> statement-breakpoint
ALTER TABLE "sensitive_contacts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "message_settings" ADD CONSTRAINT "message_settings_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_templates" ADD CONSTRAINT "message_templates_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_link" FOREIGN KEY ("tenant_id","environment","link_id") REFERENCES "public"."links"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_data_key" FOREIGN KEY ("tenant_id","data_key_id") REFERENCES "public"."data_keys"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sensitive_contacts" ADD CONSTRAINT "sensitive_contacts_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sensitive_contacts" ADD CONSTRAINT "sensitive_contacts_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "message_templates_name" ON "message_templates" USING btree ("tenant_id","environment",lower("name")) WHERE "message_templates"."archived_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "messages_operation" ON "messages" USING btree ("tenant_id","operation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_hero_id" ON "messages" USING btree ("tenant_id","environment","practice_id","hero_message_id") WHERE "messages"."hero_message_id" is not null;--> statement-breakpoint
CREATE INDEX "messages_patient" ON "messages" USING btree ("tenant_id","environment","practice_id","patient_id","id");--> statement-breakpoint
CREATE INDEX "messages_state" ON "messages" USING btree ("tenant_id","environment","state","id");--> statement-breakpoint
CREATE INDEX "messages_due" ON "messages" USING btree ("tenant_id","environment","practice_id","send_at") WHERE "messages"."state" in ('scheduled', 'sending');--> statement-breakpoint
CREATE INDEX "messages_next_read" ON "messages" USING btree ("tenant_id","environment","practice_id","next_read_at") WHERE "messages"."next_read_at" is not null;--> statement-breakpoint
CREATE INDEX "messages_erase" ON "messages" USING btree ("tenant_id","environment","erase_at") WHERE "messages"."sealed_content" is not null;--> statement-breakpoint
CREATE POLICY "tenant_only" ON "message_settings" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "message_templates" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "messages" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "owner_reads" ON "messages" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "sensitive_contacts" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
ALTER TABLE "messages" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "message_templates" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "message_settings" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "sensitive_contacts" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

GRANT SELECT, INSERT, UPDATE ON "messages", "message_templates", "message_settings" TO portal_app;--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON "sensitive_contacts" TO portal_app;--> statement-breakpoint

-- Where the worker finds what to do: practices with messages to send, to read or whose reply was lost, and
-- scopes with texts to erase (without a practice).
CREATE FUNCTION list_message_work(at timestamptz, lost_before timestamptz)
RETURNS TABLE (tenant_id uuid, environment environment, practice_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m.tenant_id, m.environment, m.practice_id FROM messages m
  WHERE m.state = 'scheduled' AND m.send_at <= at AND (m.leased_until IS NULL OR m.leased_until <= at)
  UNION
  SELECT m.tenant_id, m.environment, m.practice_id FROM messages m
  WHERE m.state = 'sending' AND m.claimed_at < lost_before
  UNION
  SELECT m.tenant_id, m.environment, m.practice_id FROM messages m WHERE m.next_read_at <= at
  UNION
  SELECT m.tenant_id, m.environment, NULL::uuid FROM messages m
  WHERE m.erase_at <= at AND m.sealed_content IS NOT NULL
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION list_message_work(timestamptz, timestamptz) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION list_message_work(timestamptz, timestamptz) TO portal_app;
