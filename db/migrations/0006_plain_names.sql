-- Tables, columns and stored values get the names that the code and the screens use. Nothing is added.
ALTER TYPE "bulk_state" RENAME TO "bulk_upload_state";--> statement-breakpoint
ALTER TYPE "bulk_row_state" RENAME TO "bulk_upload_row_state";--> statement-breakpoint
ALTER TYPE "bulk_upload_row_state" RENAME VALUE 'made' TO 'created';--> statement-breakpoint
ALTER TYPE "bulk_upload_row_state" RENAME VALUE 'refused' TO 'failed';--> statement-breakpoint

ALTER TABLE "bulks" RENAME TO "bulk_uploads";--> statement-breakpoint
ALTER TABLE "bulk_uploads" RENAME COLUMN "runner_id" TO "lease_owner_id";--> statement-breakpoint
ALTER TABLE "bulk_uploads" RENAME COLUMN "runner_until" TO "lease_expires_at";--> statement-breakpoint
ALTER TABLE "bulk_uploads" RENAME COLUMN "rows_until" TO "rows_expire_at";--> statement-breakpoint
ALTER TABLE "bulk_uploads" RENAME CONSTRAINT "bulks_tenant_id_environment_id_pk" TO "bulk_uploads_tenant_id_environment_id_pk";--> statement-breakpoint
ALTER TABLE "bulk_uploads" RENAME CONSTRAINT "bulks_tenant_id_tenants_id_fk" TO "bulk_uploads_tenant_id_tenants_id_fk";--> statement-breakpoint
ALTER TABLE "bulk_uploads" RENAME CONSTRAINT "bulks_data_key" TO "bulk_uploads_data_key";--> statement-breakpoint
ALTER INDEX "bulks_operation" RENAME TO "bulk_uploads_operation";--> statement-breakpoint

ALTER TABLE "bulk_rows" RENAME TO "bulk_upload_rows";--> statement-breakpoint
ALTER TABLE "bulk_upload_rows" RENAME COLUMN "bulk_id" TO "bulk_upload_id";--> statement-breakpoint
ALTER TABLE "bulk_upload_rows" RENAME COLUMN "maximum_uses" TO "max_uses";--> statement-breakpoint
ALTER TABLE "bulk_upload_rows" RENAME COLUMN "settled_at" TO "finished_at";--> statement-breakpoint
ALTER TABLE "bulk_upload_rows" RENAME CONSTRAINT "bulk_rows_tenant_id_environment_bulk_id_row_number_pk" TO "bulk_upload_rows_pk";--> statement-breakpoint
ALTER TABLE "bulk_upload_rows" RENAME CONSTRAINT "bulk_rows_tenant_id_tenants_id_fk" TO "bulk_upload_rows_tenant_id_tenants_id_fk";--> statement-breakpoint
ALTER TABLE "bulk_upload_rows" RENAME CONSTRAINT "bulk_rows_bulk" TO "bulk_upload_rows_upload";--> statement-breakpoint
ALTER TABLE "bulk_upload_rows" RENAME CONSTRAINT "bulk_rows_practice" TO "bulk_upload_rows_practice";--> statement-breakpoint
ALTER TABLE "bulk_upload_rows" RENAME CONSTRAINT "bulk_rows_link" TO "bulk_upload_rows_link";--> statement-breakpoint
ALTER INDEX "bulk_rows_state" RENAME TO "bulk_upload_rows_state";--> statement-breakpoint

ALTER TABLE "links" RENAME COLUMN "maximum_uses" TO "max_uses";--> statement-breakpoint
ALTER TABLE "links" RENAME COLUMN "bulk_id" TO "bulk_upload_id";--> statement-breakpoint
ALTER TABLE "links" RENAME COLUMN "asked_at" TO "requested_at";--> statement-breakpoint
ALTER TABLE "links" RENAME COLUMN "active_at" TO "last_activity_at";--> statement-breakpoint
ALTER TABLE "links" RENAME CONSTRAINT "links_what" TO "links_kind_fields";--> statement-breakpoint
ALTER INDEX "links_not_made" RENAME TO "links_not_active";--> statement-breakpoint
ALTER INDEX "links_bulk" RENAME TO "links_bulk_upload";--> statement-breakpoint
ALTER INDEX "links_active" RENAME TO "links_last_activity";--> statement-breakpoint

ALTER TABLE "link_terms" RENAME TO "link_search_terms";--> statement-breakpoint
ALTER TABLE "link_search_terms" RENAME CONSTRAINT "link_terms_tenant_id_environment_term_link_id_pk" TO "link_search_terms_tenant_id_environment_term_link_id_pk";--> statement-breakpoint
ALTER TABLE "link_search_terms" RENAME CONSTRAINT "link_terms_tenant_id_tenants_id_fk" TO "link_search_terms_tenant_id_tenants_id_fk";--> statement-breakpoint
ALTER TABLE "link_search_terms" RENAME CONSTRAINT "link_terms_link" TO "link_search_terms_link";--> statement-breakpoint

ALTER TABLE "link_views" RENAME TO "saved_link_views";--> statement-breakpoint
ALTER TABLE "saved_link_views" RENAME CONSTRAINT "link_views_tenant_id_environment_id_pk" TO "saved_link_views_tenant_id_environment_id_pk";--> statement-breakpoint
ALTER TABLE "saved_link_views" RENAME CONSTRAINT "link_views_tenant_id_tenants_id_fk" TO "saved_link_views_tenant_id_tenants_id_fk";--> statement-breakpoint
ALTER TABLE "saved_link_views" RENAME CONSTRAINT "link_views_user_id_users_id_fk" TO "saved_link_views_user_id_users_id_fk";--> statement-breakpoint
ALTER INDEX "link_views_name" RENAME TO "saved_link_views_name";--> statement-breakpoint

ALTER TABLE "practices" RENAME COLUMN "alias" TO "nickname";--> statement-breakpoint
ALTER TABLE "practices" RENAME COLUMN "reads" TO "capability_checks";--> statement-breakpoint

ALTER TABLE "element_sessions" RENAME COLUMN "turn" TO "sequence";--> statement-breakpoint
ALTER TABLE "element_sessions" RENAME COLUMN "turned_at" TO "rotated_at";--> statement-breakpoint
ALTER TABLE "element_sessions" RENAME COLUMN "first_by" TO "first_exchange_before";--> statement-breakpoint
ALTER TABLE "element_sessions" RENAME CONSTRAINT "element_sessions_one_maker" TO "element_sessions_one_creator";--> statement-breakpoint
ALTER TABLE "element_secrets" RENAME COLUMN "turn" TO "sequence";--> statement-breakpoint
ALTER TABLE "element_secrets" RENAME COLUMN "is_replaced" TO "is_superseded";--> statement-breakpoint
ALTER TABLE "element_scripts" RENAME COLUMN "last_looked_at" TO "last_checked_at";--> statement-breakpoint

ALTER POLICY "gate_reads" ON "tenants" RENAME TO "owner_reads";--> statement-breakpoint
ALTER POLICY "gate_reads" ON "memberships" RENAME TO "owner_reads";--> statement-breakpoint
ALTER POLICY "gate_reads" ON "practices" RENAME TO "owner_reads";--> statement-breakpoint
ALTER POLICY "gate_reads" ON "api_keys" RENAME TO "owner_reads";--> statement-breakpoint
ALTER POLICY "gate_reads" ON "bulk_uploads" RENAME TO "owner_reads";--> statement-breakpoint
ALTER POLICY "gate_reads" ON "placements" RENAME TO "owner_reads";--> statement-breakpoint
ALTER POLICY "gate_reads" ON "element_sessions" RENAME TO "owner_reads";--> statement-breakpoint
ALTER POLICY "gate_reads" ON "element_secrets" RENAME TO "owner_reads";--> statement-breakpoint

-- A function's text keeps the names of its time, so those that use a renamed table are made again.
DROP FUNCTION find_element_secret(bytea);--> statement-breakpoint
CREATE FUNCTION find_element_secret(secret_hash bytea)
RETURNS TABLE (
  tenant_id uuid, environment environment, session_id uuid, practice_id uuid, creator_id uuid
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.tenant_id, e.environment, e.id, e.practice_id, coalesce(e.user_id, e.api_key_id)
  FROM element_secrets s
  JOIN element_sessions e ON (e.tenant_id, e.environment, e.id) = (s.tenant_id, s.environment, s.session_id)
  WHERE s.hash = secret_hash
$$;--> statement-breakpoint

-- The bulk uploads that a worker has to run or clear: ids only. One cancelled within the hour is among
-- them, because a run that died may have left rows in flight.
DROP FUNCTION list_bulks_to_tend();--> statement-breakpoint
CREATE FUNCTION list_bulk_uploads_to_sweep()
RETURNS TABLE (tenant_id uuid, environment environment, bulk_upload_id uuid, is_expired boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.tenant_id, b.environment, b.id, b.rows_expire_at < now()
  FROM bulk_uploads b
  WHERE b.state = 'running'
    OR (b.state = 'cancelled' AND b.finished_at > now() - interval '1 hour')
    OR (b.rows_expire_at < now() AND b.result IS NULL)
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION find_element_secret(bytea), list_bulk_uploads_to_sweep() FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION find_element_secret(bytea), list_bulk_uploads_to_sweep() TO portal_app;--> statement-breakpoint

-- Stored values, which row-level security hides from the owner. `pg_temp.rename_key` leaves an object
-- without the key as it is.
ALTER TABLE "practices" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "links" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "bulk_uploads" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "bulk_upload_rows" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "audit_events" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "audit_events" DISABLE TRIGGER "audit_events_append_only";--> statement-breakpoint
CREATE FUNCTION pg_temp.rename_key(object jsonb, old_key text, new_key text) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN object ? old_key
    THEN (object - old_key) || jsonb_build_object(new_key, object -> old_key) ELSE object END
$$;--> statement-breakpoint
CREATE FUNCTION pg_temp.rename_value(object jsonb, key text, old_value text, new_value text) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN object ->> key = old_value
    THEN object || jsonb_build_object(key, new_value) ELSE object END
$$;--> statement-breakpoint
UPDATE "practices" SET "capability_checks" = (
  SELECT jsonb_agg(pg_temp.rename_key(pg_temp.rename_key(c.item, 'read', 'capability'), 'isWorking', 'isAvailable') ORDER BY c.place)
  FROM jsonb_array_elements("capability_checks") WITH ORDINALITY AS c(item, place)
) WHERE jsonb_array_length("capability_checks") > 0;--> statement-breakpoint
UPDATE "links" SET "failure_code" = 'resolved' WHERE "failure_code" = 'settled';--> statement-breakpoint
UPDATE "bulk_uploads" SET
  "columns" = pg_temp.rename_key("columns", 'maximumUses', 'maxUses'),
  "result" = pg_temp.rename_key(pg_temp.rename_key("result", 'made', 'created'), 'refused', 'failed');--> statement-breakpoint
UPDATE "bulk_upload_rows" SET "reason_code" = CASE "reason_code"
  WHEN 'settled' THEN 'resolved'
  WHEN 'fault' THEN 'internal_error'
  WHEN 'refused' THEN 'rejected'
  WHEN 'patient_must_verify' THEN 'patient_verification_required'
END WHERE "reason_code" IN ('settled', 'fault', 'refused', 'patient_must_verify');--> statement-breakpoint
UPDATE "audit_events" SET "details" = pg_temp.rename_value(pg_temp.rename_value(pg_temp.rename_value(
  pg_temp.rename_value(pg_temp.rename_key(pg_temp.rename_key("details", 'verdict', 'resolution'), 'how', 'method'),
  'resolution', 'made', 'created'), 'resolution', 'not made', 'not_created'),
  'method', 'by reading', 'hero_list'), 'method', 'by a person', 'person')
WHERE "action" = 'link.settled';--> statement-breakpoint
UPDATE "audit_events" SET "details" = pg_temp.rename_key(pg_temp.rename_key("details", 'made', 'created'), 'refused', 'failed')
WHERE "action" = 'bulk.finished';--> statement-breakpoint
UPDATE "audit_events" SET "details" = pg_temp.rename_key("details", 'maximumUses', 'maxUses')
WHERE "details" ? 'maximumUses';--> statement-breakpoint
UPDATE "audit_events" SET "details" = pg_temp.rename_key("details", 'alias', 'nickname')
WHERE "action" = 'practice.renamed';--> statement-breakpoint
UPDATE "audit_events" SET "details" = pg_temp.rename_key("details", 'turn', 'sequence')
WHERE "action" = 'element_session.exchanged';--> statement-breakpoint
UPDATE "audit_events" SET "details" = pg_temp.rename_value("details", 'outcome', 'must_verify', 'verification_required')
WHERE "action" = 'patient.looked_up';--> statement-breakpoint
UPDATE "audit_events" SET "subject_type" = 'bulk_upload' WHERE "subject_type" = 'bulk';--> statement-breakpoint
UPDATE "audit_events" SET "action" = 'bulk_upload.' || split_part("action", '.', 2) WHERE "action" LIKE 'bulk.%';--> statement-breakpoint
UPDATE "audit_events" SET "action" = CASE "action"
  WHEN 'credential.refused' THEN 'credential.rejected'
  WHEN 'link.changed' THEN 'link.updated'
  WHEN 'link.settled' THEN 'link.resolved'
  WHEN 'placement.changed' THEN 'placement.updated'
  WHEN 'placement.theme_changed' THEN 'placement.theme_updated'
  WHEN 'placement.switched_off' THEN 'placement.turned_off'
  WHEN 'placement.switched_on' THEN 'placement.turned_on'
END WHERE "action" IN (
  'credential.refused', 'link.changed', 'link.settled', 'placement.changed', 'placement.theme_changed',
  'placement.switched_off', 'placement.switched_on'
);--> statement-breakpoint
DROP FUNCTION pg_temp.rename_key(jsonb, text, text);--> statement-breakpoint
DROP FUNCTION pg_temp.rename_value(jsonb, text, text, text);--> statement-breakpoint
ALTER TABLE "audit_events" ENABLE TRIGGER "audit_events_append_only";--> statement-breakpoint
ALTER TABLE "audit_events" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "bulk_upload_rows" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "bulk_uploads" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "links" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "practices" FORCE ROW LEVEL SECURITY;
