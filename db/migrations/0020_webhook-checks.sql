CREATE TABLE "webhook_checks" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"practice_id" uuid NOT NULL,
	"checked_at" timestamp (3) with time zone NOT NULL,
	"failure" text,
	"foreign_registrations" jsonb NOT NULL,
	CONSTRAINT "webhook_checks_tenant_id_environment_practice_id_pk" PRIMARY KEY("tenant_id","environment","practice_id")
);
--> statement-breakpoint
ALTER TABLE "webhook_checks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "webhook_checks" ADD CONSTRAINT "webhook_checks_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_checks" ADD CONSTRAINT "webhook_checks_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_registrations_pending" ON "webhook_registrations" USING btree ("tenant_id","environment","endpoint_id") WHERE "webhook_registrations"."state" = 'pending';--> statement-breakpoint
CREATE POLICY "tenant_only" ON "webhook_checks" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
ALTER TABLE "webhook_checks" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "webhook_checks" TO portal_app;--> statement-breakpoint

-- Whose URLs are these, also when their endpoint was removed? Hero's list of a practice may name URLs of
-- another organisation of this portal, which are not differences.
CREATE FUNCTION find_webhook_owners(wanted text[])
RETURNS TABLE (url_token text, tenant_id uuid, environment environment, practice_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.url_token, e.tenant_id, e.environment, e.practice_id
  FROM webhook_endpoints e WHERE e.url_token = ANY (wanted)
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION find_webhook_owners(text[]) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION find_webhook_owners(text[]) TO portal_app;
