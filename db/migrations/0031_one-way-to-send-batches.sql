ALTER TABLE "message_batches" DROP COLUMN "method";--> statement-breakpoint
DROP TYPE "public"."message_batch_method";