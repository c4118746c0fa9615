CREATE TYPE "public"."message_attachment_state" AS ENUM('pending', 'ready', 'failed', 'unknown');--> statement-breakpoint
CREATE TABLE "message_attachments" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"operation_id" uuid NOT NULL,
	"request_hash" text NOT NULL,
	"practice_id" uuid NOT NULL,
	"patient_id" text NOT NULL,
	"sealed_name" "bytea",
	"data_key_id" uuid NOT NULL,
	"bytes" integer,
	"state" "message_attachment_state" DEFAULT 'pending' NOT NULL,
	"hero_uuid" text,
	"failure" text,
	"failure_code" text,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"erased_at" timestamp (3) with time zone,
	CONSTRAINT "message_attachments_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id"),
	CONSTRAINT "message_attachments_until_erased" CHECK (("message_attachments"."sealed_name" is null) = ("message_attachments"."erased_at" is not null)),
	CONSTRAINT "message_attachments_ready_with_id" CHECK ("message_attachments"."state" <> 'ready' or "message_attachments"."hero_uuid" is not null or "message_attachments"."erased_at" is not null)
);
--> statement-breakpoint
ALTER TABLE "message_attachments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "attachment_id" uuid;--> statement-breakpoint
ALTER TABLE "message_attachments" ADD CONSTRAINT "message_attachments_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_attachments" ADD CONSTRAINT "message_attachments_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_attachments" ADD CONSTRAINT "message_attachments_data_key" FOREIGN KEY ("tenant_id","data_key_id") REFERENCES "public"."data_keys"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "message_attachments_operation" ON "message_attachments" USING btree ("tenant_id","operation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "message_attachments_hero_uuid" ON "message_attachments" USING btree ("tenant_id","environment","practice_id","hero_uuid") WHERE "message_attachments"."hero_uuid" is not null;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_attachment" FOREIGN KEY ("tenant_id","environment","attachment_id") REFERENCES "public"."message_attachments"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "messages_attachment" ON "messages" USING btree ("tenant_id","environment","attachment_id") WHERE "messages"."attachment_id" is not null;--> statement-breakpoint
CREATE POLICY "tenant_only" ON "message_attachments" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
ALTER TABLE "message_attachments" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "message_attachments" TO portal_app;
