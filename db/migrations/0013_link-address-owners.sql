-- An address that links of two organisations have is believed for the older one only: Hero's list does not say
-- whose a link is. Row-level security hides the rows from the owner.
ALTER TABLE "links" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
UPDATE "links" l SET "outcome" = 'unknown', "url" = NULL, "hero_link_id" = NULL, "failure" = 'Another link has this link''s address. The link may exist. Check with the practice before creating another.', "failure_code" = 'unreadable_reply' WHERE EXISTS (
  SELECT FROM "links" older WHERE older."environment" = l."environment" AND older."url" = l."url" AND older."id" < l."id"
);--> statement-breakpoint
ALTER TABLE "links" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
DROP INDEX "links_url";--> statement-breakpoint
CREATE UNIQUE INDEX "links_url" ON "links" USING btree ("environment","url") WHERE "links"."url" is not null;