import "server-only";
import { pgEnum } from "drizzle-orm/pg-core";

export const messageChannel = pgEnum("message_channel", ["nhs_app", "sms", "email", "note"]);
export const messageRecordWrite = pgEnum("message_record_write", [
  "none",
  "for_approval",
  "automatic",
]);
