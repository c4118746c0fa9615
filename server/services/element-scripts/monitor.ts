import "server-only";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { elementScripts, elementScriptVersions } from "@/db/schema/element-scripts";
import { fetchElementScript, type ScriptDigest } from "../../hero/element-script";
import { HeroError, type HeroErrorCode } from "../../hero/errors";
import { log } from "../../log";
import { elementTags } from "../../schemas/element-catalogue";
import { listEnvironments } from "../../tenancy/environments";
import { scriptUrl } from "../elements/script-url";

/** Messages for requests without a key or a practice. */
const failureMessages: Partial<Record<HeroErrorCode, string>> = {
  not_found: "There is no script at this address.",
  unreachable: "Hero's script host could not be reached.",
  upstream_failed: "Hero's script host returned an error.",
  redirected: "Hero's script host sent a redirect, which is not followed.",
  timed_out: "Hero's script host did not respond in time.",
  connection_lost: "The connection to Hero's script host was lost.",
  unreadable_reply: "The file at this address is empty, over 4 MB, or not a script.",
};

/**
 * Checks every script that this installation loads, each address once, and stores its version: Hero's
 * scripts change without notice and cannot be pinned. A failed check keeps the last version and stores why.
 * Checks may run in parallel.
 */
export async function checkScripts(): Promise<void> {
  const urls = listEnvironments().flatMap((environment) =>
    elementTags.map((tag) => scriptUrl(environment, tag)),
  );
  for (const url of new Set(urls)) {
    try {
      await saveVersion(url, await fetchElementScript(url));
    } catch (error) {
      if (!(error instanceof HeroError)) throw error;
      log("warn", "script check failed", { operation: error.operation, errorCode: error.code });
      await recordCheck(
        url,
        failureMessages[error.code] ?? "Hero's script host refused the request.",
      );
    }
  }
}

async function recordCheck(url: string, lastFailure: string | null, tx = db.shared): Promise<void> {
  const check = { lastCheckedAt: new Date(), lastFailure };
  await tx
    .insert(elementScripts)
    .values({ url, ...check })
    .onConflictDoUpdate({ target: elementScripts.url, set: check });
}

async function saveVersion(url: string, script: ScriptDigest): Promise<void> {
  await db.shared.transaction(async (tx) => {
    // Locks the script's row to the end, so that parallel checks are stored in the order of their times.
    await recordCheck(url, null, tx);
    const seenAt = sql`clock_timestamp()`;
    await tx
      .insert(elementScriptVersions)
      .values({ url, ...script, firstSeenAt: seenAt, lastSeenAt: seenAt })
      .onConflictDoUpdate({
        target: [elementScriptVersions.url, elementScriptVersions.sha256],
        set: { lastSeenAt: seenAt },
      });
  });
}
