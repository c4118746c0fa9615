-- An address or an ID of Hero that two links have is believed for the older one only: the other's ID is
-- found again by its address. Row-level security hides the rows from the owner.
ALTER TABLE "links" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
UPDATE "links" l SET "hero_link_id" = NULL WHERE EXISTS (
  SELECT FROM "links" older WHERE older."tenant_id" = l."tenant_id" AND older."environment" = l."environment"
    AND older."practice_id" = l."practice_id" AND older."kind" = l."kind"
    AND older."hero_link_id" = l."hero_link_id" AND older."id" < l."id"
);--> statement-breakpoint
UPDATE "links" l SET "outcome" = 'unknown', "url" = NULL, "failure" = 'Another link has this link''s address. The link may exist. Check with the practice before creating another.', "failure_code" = 'unreadable_reply' WHERE EXISTS (
  SELECT FROM "links" older WHERE older."tenant_id" = l."tenant_id" AND older."environment" = l."environment"
    AND older."url" = l."url" AND older."id" < l."id"
);--> statement-breakpoint
ALTER TABLE "links" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
DROP INDEX "links_last_activity";--> statement-breakpoint
CREATE UNIQUE INDEX "links_url" ON "links" USING btree ("tenant_id","environment","url") WHERE "links"."url" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "links_hero_id" ON "links" USING btree ("tenant_id","environment","practice_id","kind","hero_link_id") WHERE "links"."hero_link_id" is not null;--> statement-breakpoint
CREATE INDEX "links_longest_unread" ON "links" USING btree ("tenant_id","environment","practice_id","refreshed_at" NULLS FIRST) WHERE "links"."outcome" = 'active' and "links"."closed_at" is null;