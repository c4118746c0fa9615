import "server-only";
import type { CreateBatchMessageRequest } from "./generated";
import { plainText } from "./plain-text";

/** What a batch says, and how it is sent. */
export type BatchContent = Pick<
  CreateBatchMessageRequest,
  "name" | "channel" | "subject" | "content"
>;

type FoundBatch = { [Field in keyof Required<BatchContent>]: BatchContent[Field] | null };

/** Whether a batch at Hero is the one that was sent. Its recipients are in a list of their own. */
export const isSameBatch = (found: FoundBatch, sent: BatchContent): boolean =>
  found.name === sent.name &&
  found.channel === sent.channel &&
  found.content !== null &&
  plainText(found.content) === plainText(sent.content) &&
  (found.subject == null || plainText(found.subject) === plainText(sent.subject ?? ""));
