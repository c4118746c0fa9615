CREATE TABLE "link_form_responses" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"practice_id" uuid NOT NULL,
	"hero_form_response_id" text NOT NULL,
	"link_id" uuid NOT NULL,
	"submitted_at" timestamp (3) with time zone,
	"read_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "link_form_responses_pk" PRIMARY KEY("tenant_id","environment","practice_id","hero_form_response_id")
);
--> statement-breakpoint
ALTER TABLE "link_form_responses" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "link_form_responses" ADD CONSTRAINT "link_form_responses_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link_form_responses" ADD CONSTRAINT "link_form_responses_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link_form_responses" ADD CONSTRAINT "link_form_responses_link" FOREIGN KEY ("tenant_id","environment","link_id") REFERENCES "public"."links"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "link_form_responses_link_id" ON "link_form_responses" USING btree ("tenant_id","environment","link_id");--> statement-breakpoint
CREATE POLICY "tenant_only" ON "link_form_responses" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint

ALTER TABLE "link_form_responses" FORCE ROW LEVEL SECURITY;--> statement-breakpoint

-- Rows are only added.
GRANT SELECT, INSERT ON "link_form_responses" TO portal_app;
