"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { portalClient, readFailure } from "@/components/client";
import { count } from "@/components/practices/words";
import type { Place } from "@/components/shell/portal-path";
import { useToast } from "@/components/ui/toast";
import type { ChangedLinks, ChangeLinksInput } from "@/server/schemas/links";

type Change = ChangeLinksInput["changes"][number];
/** "closed", "extended": what was done, as a word behind "3 links". */
type Words = { done: string };

/** Few enough that an answer comes in time even where a key allows little. */
const atOnce = 10;

/** What was not done, each reason once, with how often. */
function explain(results: ChangedLinks): string | undefined {
  const reasons = new Map<string, number>();
  for (const { outcome, reason } of results) {
    if (outcome === "done" || outcome === "same") continue;
    const words = outcome === "unknown" ? `${reason ?? ""} It may or may not be done.` : reason;
    if (words) reasons.set(words, (reasons.get(words) ?? 0) + 1);
  }
  if (reasons.size === 0) return undefined;
  return [...reasons].map(([reason, times]) => `${count(times, "link")}: ${reason}`).join(" ");
}

/** The change that puts a link back to what it was. */
function undoing({ linkId, before }: ChangedLinks[number], change: Change): Change {
  return {
    linkId,
    ...(change.tags && { tags: before.tags }),
    ...(change.expiresOn && { expiresOn: before.expiresOn }),
    ...(change.isClosed !== undefined && { isClosed: before.isClosed }),
  };
}

/**
 * Changes links in parts, says what came of it, and offers to put back what was done. A change that Hero
 * refused is named with its reason; the others stand.
 */
export function useChanges(place: Place) {
  const router = useRouter();
  const toast = useToast();
  const [progress, setProgress] = useState<{ done: number; of: number } | null>(null);
  const busy = useRef(false);

  async function run(changes: Change[], { done }: Words, isUndo = false): Promise<void> {
    if (busy.current || changes.length === 0) return;
    busy.current = true;
    const client = portalClient(place.tenant, place.environment);
    const results: ChangedLinks = [];
    let failure: string | undefined;
    for (let at = 0; at < changes.length && !failure; at += atOnce) {
      setProgress({ done: at, of: changes.length });
      try {
        const part = changes.slice(at, at + atOnce);
        results.push(...(await client.links.change.mutate({ changes: part })));
      } catch (error) {
        failure = readFailure(error).message;
      }
    }
    busy.current = false;
    setProgress(null);
    const changed = results.filter(({ outcome }) => outcome === "done");
    const same = results.filter(({ outcome }) => outcome === "same").length;
    const trouble = [explain(results), failure].filter(Boolean).join(" ");
    const byId = new Map(changes.map((change) => [change.linkId, change]));
    const undo = changed.flatMap((result) => {
      const change = byId.get(result.linkId);
      return change ? [undoing(result, change)] : [];
    });
    toast({
      tone: trouble ? "danger" : "success",
      title: `${count(changed.length, "link")} ${done}${same > 0 ? `, ${same} already were` : ""}`,
      ...(trouble && { description: trouble }),
      ...(undo.length > 0 &&
        !isUndo && {
          action: {
            label: "Undo",
            onClick: () => void run(undo, { done: "put back" }, true),
          },
        }),
    });
    router.refresh();
  }

  return { run: (changes: Change[], words: Words) => run(changes, words), progress };
}
