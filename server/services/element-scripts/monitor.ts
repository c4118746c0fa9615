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

/** What the codes mean where no key and no practice is asked about. */
const failureMessages: Partial<Record<HeroErrorCode, string>> = {
  not_found: "No script stands at this address.",
  unreachable: "Hero's script host could not be reached.",
  upstream_failed: "Hero's script host failed while answering.",
  redirected: "Hero's script host answered with a redirect, which we do not follow.",
  timed_out: "Hero's script host did not answer in time.",
  connection_lost: "The connection to Hero's script host broke.",
  unreadable_reply: "What stands at this address is empty, over 4 MB, or no script.",
};

/**
 * Looks at every script that pages of this installation load, each address once, and keeps what it saw:
 * Hero's scripts change without notice and cannot be pinned. A look that fails leaves the last version
 * standing and notes why. Looks at the same time do no harm.
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
      log("warn", "script look failed", { operation: error.operation, errorCode: error.code });
      await recordCheck(
        url,
        failureMessages[error.code] ?? "Hero's script host refused to answer.",
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
    // Locks the script's row to the end: of two looks at once the moments come one after the other.
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
