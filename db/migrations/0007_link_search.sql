CREATE INDEX "link_search_terms_link_term" ON "link_search_terms" USING btree ("tenant_id","environment","link_id","term");--> statement-breakpoint
-- The words of existing links, as `server/services/links/search-terms.ts` now creates them: without special
-- letters and apostrophes, and with the words of tags. Row-level security hides the rows from the owner.
ALTER TABLE "links" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "link_search_terms" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
DELETE FROM "link_search_terms" WHERE "term" NOT LIKE '#%';--> statement-breakpoint
INSERT INTO "link_search_terms" ("tenant_id", "environment", "term", "link_id")
  WITH folded AS (
    SELECT l."tenant_id", l."environment", l."id", translate(
      replace(replace(replace(replace(lower(regexp_replace(normalize(
        regexp_replace(
          regexp_replace(
            concat_ws(' ', l."name", l."reference", l."appointment_type_name", l."location_name",
              l."practitioner_name", l."form_title", l."hero_link_id", substring(l."url" FROM '[^/]*$'),
              array_to_string(l."tags", ' ')),
            U&'[`\00B4\02B9\02BB\02BC\2018\2019\201B\2032\2035\FF07]', '''', 'g'),
          U&'[\00AD\200B-\200D\2060\FEFF]', '', 'g'),
        NFKD), U&'[\0300-\036F]', '', 'g')), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
      'øđðħıłŧς', 'oddhiltσ') AS text
    FROM "links" l
  ), words AS (
    SELECT f."tenant_id", f."environment", f."id", word
    FROM folded f, regexp_split_to_table(f.text, '[^[:alnum:]'']+') AS word
  )
  SELECT DISTINCT w."tenant_id", w."environment", left(part, 40), w."id"
  FROM words w, LATERAL (
    SELECT replace(w.word, '''', '') AS part
    UNION ALL
    SELECT string_to_table(w.word, '''')
  ) parts
  WHERE part <> ''
ON CONFLICT DO NOTHING;--> statement-breakpoint
ALTER TABLE "link_search_terms" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "links" FORCE ROW LEVEL SECURITY;
