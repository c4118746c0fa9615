CREATE TYPE "public"."message_batch_link" AS ENUM('none', 'shared', 'own');--> statement-breakpoint
CREATE TYPE "public"."message_batch_method" AS ENUM('one_by_one', 'hero_parts');--> statement-breakpoint
CREATE TYPE "public"."message_batch_state" AS ENUM('collecting', 'checking', 'ready', 'awaiting_approval', 'scheduled', 'sending', 'paused', 'finished', 'stopped', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."message_recipient_state" AS ENUM('waiting', 'included', 'excluded', 'not_checked');--> statement-breakpoint
ALTER TYPE "public"."approval_kind" ADD VALUE 'message_batch';--> statement-breakpoint
CREATE TABLE "message_batches" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"operation_id" uuid NOT NULL,
	"request_hash" text NOT NULL,
	"name" text NOT NULL,
	"practice_id" uuid NOT NULL,
	"channel" "message_channel" NOT NULL,
	"fallback_channel" "message_channel",
	"method" "message_batch_method" DEFAULT 'one_by_one' NOT NULL,
	"link" "message_batch_link" DEFAULT 'none' NOT NULL,
	"link_id" uuid,
	"record_write" "message_record_write" DEFAULT 'none' NOT NULL,
	"sealed_content" "bytea",
	"content_erased_at" timestamp (3) with time zone,
	"data_key_id" uuid NOT NULL,
	"state" "message_batch_state" DEFAULT 'collecting' NOT NULL,
	"row_count" integer NOT NULL,
	"summary" jsonb,
	"snapshot" text,
	"circumstances" text,
	"checked_at" timestamp (3) with time zone,
	"approval_id" uuid,
	"send_at" timestamp (3) with time zone,
	"counted_on" date,
	"counted_messages" integer,
	"first_slice" integer,
	"pause_reason" text,
	"reminder_after_days" integer,
	"reminder_max_times" integer,
	"reminder_time" text,
	"reminder_number" integer DEFAULT 0 NOT NULL,
	"next_reminder_at" timestamp (3) with time zone,
	"reminders_ended_reason" text,
	"corrects_batch_id" uuid,
	"leased_until" timestamp (3) with time zone,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_by" uuid,
	"started_at" timestamp (3) with time zone,
	"ended_by" uuid,
	"ended_at" timestamp (3) with time zone,
	"erase_at" timestamp (3) with time zone,
	CONSTRAINT "message_batches_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id"),
	CONSTRAINT "message_batches_content_until_erased" CHECK (("message_batches"."sealed_content" is null) = ("message_batches"."content_erased_at" is not null)),
	CONSTRAINT "message_batches_own_link" CHECK (("message_batches"."link" = 'shared') = ("message_batches"."link_id" is not null))
);
--> statement-breakpoint
ALTER TABLE "message_batches" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "message_recipients" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"batch_id" uuid NOT NULL,
	"row_number" integer NOT NULL,
	"operation_id" uuid NOT NULL,
	"state" "message_recipient_state" DEFAULT 'waiting' NOT NULL,
	"sealed" "bytea",
	"patient_id" text,
	"link_id" uuid,
	"reason" text,
	"reason_code" text,
	"preview_fingerprint" text,
	"contact_hash" text,
	"text_length" integer,
	"sms_parts" integer,
	"lowest_pence" double precision,
	"highest_pence" double precision,
	"has_recent_message" boolean DEFAULT false NOT NULL,
	"leased_until" timestamp (3) with time zone,
	"is_queued" boolean DEFAULT false NOT NULL,
	"reminders_queued" integer DEFAULT 0 NOT NULL,
	"reminders_ended_reason" text,
	CONSTRAINT "message_recipients_pk" PRIMARY KEY("tenant_id","environment","batch_id","row_number")
);
--> statement-breakpoint
ALTER TABLE "message_recipients" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "message_settings" ADD COLUMN "batch_undo_seconds" integer DEFAULT 60 NOT NULL;--> statement-breakpoint
ALTER TABLE "message_settings" ADD COLUMN "approval_threshold" integer DEFAULT 20 NOT NULL;--> statement-breakpoint
ALTER TABLE "message_settings" ADD COLUMN "first_slice" integer DEFAULT 20 NOT NULL;--> statement-breakpoint
ALTER TABLE "message_settings" ADD COLUMN "daily_limit" integer DEFAULT 20000 NOT NULL;--> statement-breakpoint
ALTER TABLE "message_settings" ADD COLUMN "practice_daily_limit" integer DEFAULT 10000 NOT NULL;--> statement-breakpoint
ALTER TABLE "message_settings" ADD COLUMN "recent_days" integer DEFAULT 7 NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "batch_id" uuid;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "row_number" integer;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "reminder_number" integer;--> statement-breakpoint
ALTER TABLE "message_batches" ADD CONSTRAINT "message_batches_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_batches" ADD CONSTRAINT "message_batches_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_batches" ADD CONSTRAINT "message_batches_link" FOREIGN KEY ("tenant_id","environment","link_id") REFERENCES "public"."links"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_batches" ADD CONSTRAINT "message_batches_approval" FOREIGN KEY ("tenant_id","environment","approval_id") REFERENCES "public"."approvals"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_batches" ADD CONSTRAINT "message_batches_corrects" FOREIGN KEY ("tenant_id","environment","corrects_batch_id") REFERENCES "public"."message_batches"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_batches" ADD CONSTRAINT "message_batches_data_key" FOREIGN KEY ("tenant_id","data_key_id") REFERENCES "public"."data_keys"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_recipients" ADD CONSTRAINT "message_recipients_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_recipients" ADD CONSTRAINT "message_recipients_batch" FOREIGN KEY ("tenant_id","environment","batch_id") REFERENCES "public"."message_batches"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_recipients" ADD CONSTRAINT "message_recipients_link" FOREIGN KEY ("tenant_id","environment","link_id") REFERENCES "public"."links"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "message_batches_operation" ON "message_batches" USING btree ("tenant_id","operation_id");--> statement-breakpoint
CREATE INDEX "message_batches_newest" ON "message_batches" USING btree ("tenant_id","environment","id");--> statement-breakpoint
CREATE INDEX "message_batches_work" ON "message_batches" USING btree ("tenant_id","environment","practice_id") WHERE "message_batches"."state" in ('checking', 'scheduled', 'sending');--> statement-breakpoint
CREATE INDEX "message_batches_reminders" ON "message_batches" USING btree ("tenant_id","environment","next_reminder_at") WHERE "message_batches"."next_reminder_at" is not null;--> statement-breakpoint
CREATE INDEX "message_batches_counted" ON "message_batches" USING btree ("tenant_id","environment","counted_on") WHERE "message_batches"."counted_on" is not null;--> statement-breakpoint
CREATE INDEX "message_batches_erase" ON "message_batches" USING btree ("tenant_id","environment","erase_at") WHERE "message_batches"."sealed_content" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "message_recipients_operation" ON "message_recipients" USING btree ("tenant_id","operation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "message_recipients_patient" ON "message_recipients" USING btree ("tenant_id","environment","batch_id","patient_id") WHERE "message_recipients"."state" = 'included';--> statement-breakpoint
CREATE INDEX "message_recipients_state" ON "message_recipients" USING btree ("tenant_id","environment","batch_id","state","row_number");--> statement-breakpoint
CREATE INDEX "message_recipients_next" ON "message_recipients" USING btree ("tenant_id","environment","batch_id","row_number") WHERE "message_recipients"."state" = 'included' and not "message_recipients"."is_queued";--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_recipient" FOREIGN KEY ("tenant_id","environment","batch_id","row_number") REFERENCES "public"."message_recipients"("tenant_id","environment","batch_id","row_number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "messages_batch_row" ON "messages" USING btree ("tenant_id","environment","batch_id","row_number","reminder_number") WHERE "messages"."batch_id" is not null;--> statement-breakpoint
CREATE INDEX "messages_batch_state" ON "messages" USING btree ("tenant_id","environment","batch_id","state","row_number") WHERE "messages"."batch_id" is not null;--> statement-breakpoint
CREATE INDEX "messages_send_at" ON "messages" USING btree ("tenant_id","environment","send_at") WHERE "messages"."batch_id" is null;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_of_batch" CHECK (("messages"."batch_id" is null) = ("messages"."row_number" is null) and ("messages"."batch_id" is null) = ("messages"."reminder_number" is null));--> statement-breakpoint
CREATE POLICY "tenant_only" ON "message_batches" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "owner_reads" ON "message_batches" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "message_recipients" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
ALTER TABLE "message_batches" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "message_recipients" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

GRANT SELECT, INSERT, UPDATE ON "message_batches", "message_recipients" TO portal_app;
