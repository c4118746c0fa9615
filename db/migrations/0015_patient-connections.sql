CREATE TYPE "public"."connection_outcome" AS ENUM('pending', 'accepted', 'connected', 'failed', 'unknown');--> statement-breakpoint
CREATE TABLE "patient_connections" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"operation_id" uuid NOT NULL,
	"practice_id" uuid NOT NULL,
	"patient_id" text NOT NULL,
	"candidate_fingerprint" text NOT NULL,
	"outcome" "connection_outcome" DEFAULT 'pending' NOT NULL,
	"failure_code" text,
	"created_by" uuid NOT NULL,
	"sent_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "patient_connections_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "patient_connections" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "patient_connections" ADD CONSTRAINT "patient_connections_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patient_connections" ADD CONSTRAINT "patient_connections_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "patient_connections_operation" ON "patient_connections" USING btree ("tenant_id","operation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "patient_connections_in_progress" ON "patient_connections" USING btree ("tenant_id","environment","practice_id","patient_id") WHERE "patient_connections"."outcome" in ('pending', 'accepted', 'unknown');--> statement-breakpoint
CREATE POLICY "tenant_only" ON "patient_connections" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
ALTER TABLE "patient_connections" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

GRANT SELECT, INSERT, UPDATE ON "patient_connections" TO portal_app;
