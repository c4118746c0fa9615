ALTER TABLE "replaced_patients" ADD COLUMN "released_by" uuid;--> statement-breakpoint
ALTER TABLE "replaced_patients" ADD COLUMN "released_at" timestamp (3) with time zone;