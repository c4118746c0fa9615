CREATE TABLE "element_script_acknowledgements" (
	"tenant_id" uuid NOT NULL,
	"url" text NOT NULL,
	"sha256" text NOT NULL,
	"user_id" uuid NOT NULL,
	"acknowledged_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "element_script_acknowledgements_tenant_id_url_sha256_pk" PRIMARY KEY("tenant_id","url","sha256")
);
--> statement-breakpoint
ALTER TABLE "element_script_acknowledgements" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "element_script_versions" (
	"url" text NOT NULL,
	"sha256" text NOT NULL,
	"size" integer NOT NULL,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "element_script_versions_url_sha256_pk" PRIMARY KEY("url","sha256")
);
--> statement-breakpoint
CREATE TABLE "element_scripts" (
	"url" text PRIMARY KEY NOT NULL,
	"last_looked_at" timestamp (3) with time zone NOT NULL,
	"last_failure" text
);
--> statement-breakpoint
CREATE TABLE "element_secrets" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"session_id" uuid NOT NULL,
	"hash" "bytea" NOT NULL,
	"turn" integer NOT NULL,
	"is_replaced" boolean DEFAULT false NOT NULL,
	CONSTRAINT "element_secrets_tenant_id_environment_session_id_hash_pk" PRIMARY KEY("tenant_id","environment","session_id","hash")
);
--> statement-breakpoint
ALTER TABLE "element_secrets" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "element_sessions" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"placement_id" uuid,
	"practice_id" uuid NOT NULL,
	"patient_id" text,
	"admin_id" text,
	"user_id" uuid,
	"api_key_id" uuid,
	"origin" text,
	"turn" integer DEFAULT 0 NOT NULL,
	"turned_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"first_by" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "element_sessions_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id"),
	CONSTRAINT "element_sessions_one_maker" CHECK (("element_sessions"."user_id" is null) <> ("element_sessions"."api_key_id" is null))
);
--> statement-breakpoint
ALTER TABLE "element_sessions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "element_reports" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"placement_id" uuid NOT NULL,
	"day" date NOT NULL,
	"code" text NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "element_reports_tenant_id_environment_placement_id_day_code_pk" PRIMARY KEY("tenant_id","environment","placement_id","day","code")
);
--> statement-breakpoint
ALTER TABLE "element_reports" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "placement_practices" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"placement_id" uuid NOT NULL,
	"practice_id" uuid NOT NULL,
	CONSTRAINT "placement_practices_pk" PRIMARY KEY("tenant_id","environment","placement_id","practice_id")
);
--> statement-breakpoint
ALTER TABLE "placement_practices" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "placements" (
	"tenant_id" uuid NOT NULL,
	"environment" "environment" NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"element" text NOT NULL,
	"origins" text[] NOT NULL,
	"theme" jsonb,
	"admin_id" text,
	"is_on" boolean DEFAULT true NOT NULL,
	"switched_at" timestamp (3) with time zone,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "placements_tenant_id_environment_id_pk" PRIMARY KEY("tenant_id","environment","id")
);
--> statement-breakpoint
ALTER TABLE "placements" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "element_script_acknowledgements" ADD CONSTRAINT "element_script_acknowledgements_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "element_script_versions" ADD CONSTRAINT "element_script_versions_url_element_scripts_url_fk" FOREIGN KEY ("url") REFERENCES "public"."element_scripts"("url") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "element_secrets" ADD CONSTRAINT "element_secrets_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "element_secrets" ADD CONSTRAINT "element_secrets_session" FOREIGN KEY ("tenant_id","environment","session_id") REFERENCES "public"."element_sessions"("tenant_id","environment","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "element_sessions" ADD CONSTRAINT "element_sessions_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "element_sessions" ADD CONSTRAINT "element_sessions_placement" FOREIGN KEY ("tenant_id","environment","placement_id") REFERENCES "public"."placements"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "element_sessions" ADD CONSTRAINT "element_sessions_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "element_sessions" ADD CONSTRAINT "element_sessions_api_key" FOREIGN KEY ("tenant_id","environment","api_key_id") REFERENCES "public"."api_keys"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "element_reports" ADD CONSTRAINT "element_reports_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "element_reports" ADD CONSTRAINT "element_reports_placement" FOREIGN KEY ("tenant_id","environment","placement_id") REFERENCES "public"."placements"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "placement_practices" ADD CONSTRAINT "placement_practices_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "placement_practices" ADD CONSTRAINT "placement_practices_placement" FOREIGN KEY ("tenant_id","environment","placement_id") REFERENCES "public"."placements"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "placement_practices" ADD CONSTRAINT "placement_practices_practice" FOREIGN KEY ("tenant_id","environment","practice_id") REFERENCES "public"."practices"("tenant_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "placements" ADD CONSTRAINT "placements_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "element_secrets_hash" ON "element_secrets" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "element_sessions_placement_id" ON "element_sessions" USING btree ("tenant_id","environment","placement_id","turned_at");--> statement-breakpoint
CREATE INDEX "element_sessions_ends_at" ON "element_sessions" USING btree ("ends_at");--> statement-breakpoint
CREATE INDEX "placement_practices_practice_id" ON "placement_practices" USING btree ("tenant_id","environment","practice_id");--> statement-breakpoint
CREATE UNIQUE INDEX "placements_id" ON "placements" USING btree ("id");--> statement-breakpoint
CREATE INDEX "placements_origins" ON "placements" USING gin ("origins");--> statement-breakpoint
CREATE POLICY "tenant_only" ON "element_script_acknowledgements" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "element_secrets" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "gate_reads" ON "element_secrets" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "element_sessions" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "gate_reads" ON "element_sessions" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "element_reports" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "placement_practices" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tenant_only" ON "placements" AS PERMISSIVE FOR ALL TO "portal_app" USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "gate_reads" ON "placements" AS PERMISSIVE FOR SELECT TO "portal_owner" USING (true);