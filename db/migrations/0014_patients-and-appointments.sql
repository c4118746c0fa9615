CREATE TYPE "public"."appointment_change_kind" AS ENUM('edit', 'book', 'cancel', 'reschedule');--> statement-breakpoint
CREATE TYPE "public"."appointment_state" AS ENUM('pending', 'reserved', 'booked', 'cancelled', 'lapsed', 'failed', 'unknown');--> statement-breakpoint
CREATE TYPE "public"."change_outcome" AS ENUM('pending', 'made', 'refused', 'unknown');--> statement-breakpoint
CREATE TYPE "public"."approval_decision" AS ENUM('approved', 'refused', 'withdrawn');--> statement-breakpoint
CREATE TYPE "public"."approval_kind" AS ENUM('patient_merge');--> statement-breakpoint
CREATE TYPE "public"."merge_outcome" AS ENUM('requested', 'pending', 'accepted', 'merged', 'failed', 'unknown');--> statement-breakpoint
CREATE TABLE "appointment_changes" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"appointment_id" uuid NOT NULL,
	"operation_id" uuid NOT NULL,
	"request_hash" text NOT NULL,
	"kind" "appointment_change_kind" NOT NULL,
	"outcome" "change_outcome" DEFAULT 'pending' NOT NULL,
	"starts_at" timestamp (3) with time zone,
	"duration_minutes" integer,
	"practitioner_id" text,
	"practitioner_name" text,
	"failure" text,
	"failure_code" text,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "appointment_changes_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "appointment_changes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "appointments" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"operation_id" uuid NOT NULL,
	"request_hash" text NOT NULL,
	"practice_id" uuid NOT NULL,
	"patient_id" text NOT NULL,
	"state" "appointment_state" NOT NULL,
	"appointment_type_id" text NOT NULL,
	"appointment_type_name" text NOT NULL,
	"location_id" text NOT NULL,
	"location_name" text NOT NULL,
	"practitioner_id" text NOT NULL,
	"practitioner_name" text,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"duration_minutes" integer NOT NULL,
	"hero_appointment_id" text,
	"hero_status" text,
	"reserved_until" timestamp (3) with time zone,
	"link_id" uuid,
	"calendar_sequence" integer DEFAULT 0 NOT NULL,
	"failure" text,
	"failure_code" text,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"refreshed_at" timestamp (3) with time zone,
	CONSTRAINT "appointments_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "appointments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "approvals" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"kind" "approval_kind" NOT NULL,
	"practice_id" uuid NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"decision" "approval_decision",
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	"reason" text,
	CONSTRAINT "approvals_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id"),
	CONSTRAINT "approvals_second_person" CHECK ("approvals"."decision" is null or ("approvals"."decided_by" is not null and "approvals"."decided_at" is not null and ("approvals"."decision" = 'withdrawn') = ("approvals"."decided_by" = "approvals"."requested_by"))),
	CONSTRAINT "approvals_refusal_reason" CHECK ("approvals"."decision" <> 'refused' or "approvals"."reason" is not null)
);
--> statement-breakpoint
ALTER TABLE "approvals" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "patient_merges" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"operation_id" uuid NOT NULL,
	"practice_id" uuid NOT NULL,
	"approval_id" uuid NOT NULL,
	"patient_id" text NOT NULL,
	"other_patient_id" text NOT NULL,
	"survivor_patient_id" text NOT NULL,
	"preview_fingerprint" text NOT NULL,
	"outcome" "merge_outcome" DEFAULT 'requested' NOT NULL,
	"failure" text,
	"failure_code" text,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "patient_merges_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id"),
	CONSTRAINT "patient_merges_two_records" CHECK ("patient_merges"."patient_id" <> "patient_merges"."other_patient_id")
);
--> statement-breakpoint
ALTER TABLE "patient_merges" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "patient_non_matches" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"practice_id" uuid NOT NULL,
	"patient_id" text NOT NULL,
	"candidate_fingerprint" text NOT NULL,
	"records_fingerprint" text NOT NULL,
	"reason" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "patient_non_matches_pk" PRIMARY KEY("tenant_id","environment","practice_id","patient_id","candidate_fingerprint")
);
--> statement-breakpoint
ALTER TABLE "patient_non_matches" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "replaced_patients" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"practice_id" uuid NOT NULL,
	"patient_id" text NOT NULL,
	"replaced_by" text,
	"detected_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "replaced_patients_pk" PRIMARY KEY("tenant_id","environment","practice_id","patient_id")
);
--> statement-breakpoint
ALTER TABLE "replaced_patients" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "appointment_changes" ADD CONSTRAINT "appointment_changes_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointment_changes" ADD CONSTRAINT "appointment_changes_appointment" FOREIGN KEY ("tenant_id","environment","appointment_id") REFERENCES "public"."appointments"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_link" FOREIGN KEY ("tenant_id","environment","link_id") REFERENCES "public"."links"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patient_merges" ADD CONSTRAINT "patient_merges_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patient_merges" ADD CONSTRAINT "patient_merges_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patient_merges" ADD CONSTRAINT "patient_merges_approval" FOREIGN KEY ("tenant_id","environment","approval_id") REFERENCES "public"."approvals"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patient_non_matches" ADD CONSTRAINT "patient_non_matches_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patient_non_matches" ADD CONSTRAINT "patient_non_matches_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "replaced_patients" ADD CONSTRAINT "replaced_patients_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "replaced_patients" ADD CONSTRAINT "replaced_patients_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "appointment_changes_operation" ON "appointment_changes" USING btree ("tenant_id","operation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "appointment_changes_open" ON "appointment_changes" USING btree ("tenant_id","environment","appointment_id") WHERE "appointment_changes"."outcome" in ('pending', 'unknown');--> statement-breakpoint
CREATE INDEX "appointment_changes_appointment_id" ON "appointment_changes" USING btree ("tenant_id","environment","appointment_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "appointments_operation" ON "appointments" USING btree ("tenant_id","operation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "appointments_hero_id" ON "appointments" USING btree ("tenant_id","environment","practice_id","hero_appointment_id") WHERE "appointments"."hero_appointment_id" is not null;--> statement-breakpoint
CREATE INDEX "appointments_patient" ON "appointments" USING btree ("tenant_id","environment","practice_id","patient_id","starts_at");--> statement-breakpoint
CREATE INDEX "appointments_start" ON "appointments" USING btree ("tenant_id","environment","starts_at","id");--> statement-breakpoint
CREATE INDEX "appointments_open" ON "appointments" USING btree ("tenant_id","environment","created_at") WHERE "appointments"."state" in ('pending', 'reserved');--> statement-breakpoint
CREATE INDEX "approvals_open" ON "approvals" USING btree ("tenant_id","environment","expires_at") WHERE "approvals"."decision" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "patient_merges_operation" ON "patient_merges" USING btree ("tenant_id","operation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "patient_merges_in_progress" ON "patient_merges" USING btree ("tenant_id","environment","practice_id",least("patient_id", "other_patient_id"),greatest("patient_id", "other_patient_id")) WHERE "patient_merges"."outcome" in ('pending', 'accepted', 'unknown');--> statement-breakpoint
CREATE INDEX "patient_merges_approval_id" ON "patient_merges" USING btree ("tenant_id","environment","approval_id");--> statement-breakpoint
CREATE INDEX "patient_merges_patient" ON "patient_merges" USING btree ("tenant_id","environment","practice_id","patient_id");--> statement-breakpoint
CREATE INDEX "patient_merges_other" ON "patient_merges" USING btree ("tenant_id","environment","practice_id","other_patient_id");--> statement-breakpoint
CREATE POLICY "tenant_only" ON "appointment_changes" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "appointments" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "approvals" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "patient_merges" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "patient_non_matches" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "replaced_patients" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
ALTER TABLE "approvals" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "patient_merges" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "patient_non_matches" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "replaced_patients" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "appointments" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "appointment_changes" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

GRANT SELECT, INSERT, UPDATE ON "approvals", "patient_merges", "appointments", "appointment_changes" TO portal_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "patient_non_matches", "replaced_patients" TO portal_app;
