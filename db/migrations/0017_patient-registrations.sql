CREATE TYPE "public"."registration_outcome" AS ENUM('pending', 'accepted', 'registered', 'failed', 'unknown');--> statement-breakpoint
CREATE TABLE "patient_registrations" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"operation_id" uuid NOT NULL,
	"request_hash" text NOT NULL,
	"practice_id" uuid NOT NULL,
	"outcome" "registration_outcome" DEFAULT 'pending' NOT NULL,
	"patient_id" text,
	"failure" text,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "patient_registrations_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "patient_registrations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "patient_registrations" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "patient_registrations" ADD CONSTRAINT "patient_registrations_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patient_registrations" ADD CONSTRAINT "patient_registrations_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "patient_registrations_operation" ON "patient_registrations" USING btree ("tenant_id","operation_id");--> statement-breakpoint
CREATE POLICY "tenant_only" ON "patient_registrations" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "patient_registrations" TO portal_app;
