import "server-only";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { keyedFingerprint } from "../../crypto/keyed-fingerprint";
import { NotFoundError } from "../../errors";
import type { TenantContext } from "../../tenancy/context";
import { getLinkView } from "../links/view";
import { findPracticeProblem, isWorkingLink } from "../messages/assess";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { loadKeyOfBatch } from "./content";
import type { MessageBatchRow } from "./load";

/** One hash for each, so that a person learns what has changed. */
const circumstances = z.object({
  practice: z.string(),
  key: z.string(),
  channels: z.string(),
  link: z.string(),
});
type Circumstances = z.infer<typeof circumstances>;

type BatchColumns = Pick<
  MessageBatchRow,
  "practiceId" | "channel" | "fallbackChannel" | "linkId" | "dataKeyId"
>;

const changeMessages: Record<keyof Circumstances, string> = {
  practice: "The practice's name or ID has changed since the check.",
  key: "The practice's Hero API key has changed since the check, or Hero does not accept it.",
  channels: "What the practice allows in Hero has changed since the check.",
  link: "The link has changed since the check, or no longer works.",
};

async function hashCircumstances(
  tx: Transaction,
  ctx: TenantContext,
  batch: BatchColumns,
): Promise<Circumstances> {
  const { channel, fallbackChannel, linkId } = batch;
  const practice = await loadPracticeWithKey(tx, ctx, batch.practiceId);
  const link = linkId === null ? null : await getLinkView(tx, ctx, linkId);
  const key = await loadKeyOfBatch(tx, ctx, batch);
  const hash = (value: unknown) => keyedFingerprint(key, "message batch circumstances", value);
  const { credential, practiceGroupId, publicName, capabilities } = practice;
  return {
    practice: hash([ctx.environment, practice.id, practiceGroupId, publicName]),
    key: hash([credential.id, credential.fingerprint, credential.state === "needs_new_key"]),
    channels: hash([
      capabilities.toSorted(),
      findPracticeProblem(channel, practice),
      fallbackChannel && findPracticeProblem(fallbackChannel, practice),
    ]),
    link: hash(link && [link.id, link.url, isWorkingLink(link), link.isHeld]),
  };
}

/**
 * What the messages of a batch depend on besides their recipients, as keyed hashes for its row.
 * @throws NotFoundError unless the practice is connected
 */
export const recordCircumstances = async (
  tx: Transaction,
  ctx: TenantContext,
  batch: BatchColumns,
): Promise<string> => JSON.stringify(await hashCircumstances(tx, ctx, batch));

/** What has changed since the check of a batch, as a sentence; null when nothing has. */
export async function findOutdatedReason(
  tx: Transaction,
  ctx: TenantContext,
  batch: BatchColumns & Pick<MessageBatchRow, "circumstances" | "sealedContent">,
): Promise<string | null> {
  if (!batch.sealedContent) return "The text was deleted.";
  if (batch.circumstances === null) return "The recipients were not checked.";
  const before = circumstances.parse(JSON.parse(batch.circumstances));
  let now: Circumstances;
  try {
    now = await hashCircumstances(tx, ctx, batch);
  } catch (error) {
    if (error instanceof NotFoundError) return "The practice is disconnected.";
    throw error;
  }
  const names = Object.keys(changeMessages) as (keyof Circumstances)[];
  const changed = names.find((name) => before[name] !== now[name]);
  return changed ? changeMessages[changed] : null;
}
