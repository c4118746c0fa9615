CREATE TYPE "public"."bulk_row_state" AS ENUM('waiting', 'working', 'made', 'refused', 'unknown', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."bulk_state" AS ENUM('uploading', 'running', 'paused', 'cancelled', 'finished');--> statement-breakpoint
CREATE TYPE "public"."link_kind" AS ENUM('booking', 'form');--> statement-breakpoint
CREATE TABLE "api_keys" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"last_four" text NOT NULL,
	"permissions" text[] NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "api_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulk_rows" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"bulk_id" uuid NOT NULL,
	"row_number" integer NOT NULL,
	"state" "bulk_row_state" DEFAULT 'waiting' NOT NULL,
	"operation_id" uuid NOT NULL,
	"reference" text,
	"sealed" "bytea",
	"patient_id" text,
	"practice_id" uuid NOT NULL,
	"appointment_type_id" text,
	"location_id" text,
	"practitioner_id" text,
	"form_id" text,
	"name" text,
	"slots_from" date,
	"slots_to" date,
	"expires_on" date NOT NULL,
	"maximum_uses" integer NOT NULL,
	"link_id" uuid,
	"reason" text,
	"reason_code" text,
	"started_at" timestamp (3) with time zone,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "bulk_rows_tenant_id_environment_bulk_id_row_number_pk" PRIMARY KEY("tenant_id","environment","bulk_id","row_number")
);
--> statement-breakpoint
ALTER TABLE "bulk_rows" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulks" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"operation_id" uuid NOT NULL,
	"name" text NOT NULL,
	"kind" "link_kind" NOT NULL,
	"state" "bulk_state" NOT NULL,
	"row_count" integer NOT NULL,
	"columns" jsonb NOT NULL,
	"result" jsonb,
	"data_key_id" uuid NOT NULL,
	"pause_reason" text,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"rows_until" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "bulks_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "bulks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "link_terms" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"term" text COLLATE "C" NOT NULL,
	"link_id" uuid NOT NULL,
	CONSTRAINT "link_terms_tenant_id_environment_term_link_id_pk" PRIMARY KEY("tenant_id","environment","term","link_id")
);
--> statement-breakpoint
ALTER TABLE "link_terms" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "link_views" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "link_views_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "link_views" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "links" ALTER COLUMN "appointment_type_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "links" ALTER COLUMN "appointment_type_name" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "links" ALTER COLUMN "location_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "links" ALTER COLUMN "location_name" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "kind" "link_kind" DEFAULT 'booking' NOT NULL;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "reference" text;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "tags" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "form_id" text;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "form_title" text;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "bulk_id" uuid;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "active_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "stopped_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_rows" ADD CONSTRAINT "bulk_rows_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_rows" ADD CONSTRAINT "bulk_rows_bulk" FOREIGN KEY ("tenant_id","environment","bulk_id") REFERENCES "public"."bulks"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_rows" ADD CONSTRAINT "bulk_rows_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_rows" ADD CONSTRAINT "bulk_rows_link" FOREIGN KEY ("tenant_id","environment","link_id") REFERENCES "public"."links"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulks" ADD CONSTRAINT "bulks_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulks" ADD CONSTRAINT "bulks_data_key" FOREIGN KEY ("tenant_id","data_key_id") REFERENCES "public"."data_keys"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link_terms" ADD CONSTRAINT "link_terms_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link_terms" ADD CONSTRAINT "link_terms_link" FOREIGN KEY ("tenant_id","environment","link_id") REFERENCES "public"."links"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link_views" ADD CONSTRAINT "link_views_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link_views" ADD CONSTRAINT "link_views_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_token" ON "api_keys" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "bulk_rows_state" ON "bulk_rows" USING btree ("tenant_id","environment","bulk_id","state","row_number");--> statement-breakpoint
CREATE UNIQUE INDEX "bulks_operation" ON "bulks" USING btree ("tenant_id","operation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "link_views_name" ON "link_views" USING btree ("tenant_id","environment","user_id","name");--> statement-breakpoint
CREATE INDEX "links_expiry" ON "links" USING btree ("tenant_id","environment","expires_on","id");--> statement-breakpoint
CREATE INDEX "links_uses" ON "links" USING btree ("tenant_id","environment","uses","id");--> statement-breakpoint
CREATE INDEX "links_owner" ON "links" USING btree ("tenant_id","environment","created_by","id");--> statement-breakpoint
CREATE INDEX "links_not_made" ON "links" USING btree ("tenant_id","environment","id") WHERE "links"."outcome" <> 'active';--> statement-breakpoint
CREATE INDEX "links_closed" ON "links" USING btree ("tenant_id","environment","id") WHERE "links"."closed_at" is not null or "links"."stopped_at" is not null;--> statement-breakpoint
CREATE INDEX "links_active" ON "links" USING btree ("tenant_id","environment","practice_id","active_at") WHERE "links"."outcome" = 'active' and "links"."closed_at" is null;--> statement-breakpoint
ALTER TABLE "links" ADD CONSTRAINT "links_what" CHECK (case "links"."kind" when 'booking' then "links"."appointment_type_id" is not null and "links"."location_id" is not null and "links"."form_id" is null else "links"."form_id" is not null and "links"."appointment_type_id" is null end);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "api_keys" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "gate_reads" ON "api_keys" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "bulk_rows" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "bulks" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "gate_reads" ON "bulks" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "link_terms" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "link_views" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE INDEX "links_used_up" ON "links" USING btree ("tenant_id","environment","id") WHERE "links"."uses" >= "links"."maximum_uses";--> statement-breakpoint
ALTER TABLE "bulks" ADD COLUMN "runner_id" uuid;--> statement-breakpoint
ALTER TABLE "bulks" ADD COLUMN "runner_until" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "links_bulk" ON "links" USING btree ("tenant_id","environment","bulk_id","id") WHERE "links"."bulk_id" is not null;