"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { portalClient } from "@/components/client";
import type { Place } from "@/components/shell/portal-path";
import type { BulkView } from "@/server/schemas/bulk";

const everyMs = 2_000;
/** How often the page's own lists are read again while rows are being worked on. */
const refreshEveryMs = 8_000;

/**
 * A bulk as it is now: asked for every two seconds while it runs and somebody looks. When it stops, and
 * now and then before, the page reads its lists again.
 */
export function useBulk(place: Place, given: BulkView): BulkView {
  const router = useRouter();
  const [seen, setSeen] = useState(given);
  const refreshedAt = useRef(0);
  // The page was loaded again, by an act on it or by us.
  const [last, setLast] = useState(given);
  if (last !== given) {
    setLast(given);
    setSeen(given);
  }
  const isRunning = seen.state === "running";
  const { tenant, environment } = place;

  useEffect(() => {
    if (!isRunning) return;
    const { bulk } = portalClient(tenant, environment);
    let isWanted = true;
    async function look() {
      if (document.hidden) return;
      try {
        const now = await bulk.get.query({ bulkId: given.id });
        if (!isWanted) return;
        setSeen(now);
        const isDue = Date.now() - refreshedAt.current > refreshEveryMs;
        if (now.state !== "running" || isDue) {
          refreshedAt.current = Date.now();
          router.refresh();
        }
      } catch {
        // The next look may have an answer; until then the last one stands.
      }
    }
    const timer = setInterval(() => void look(), everyMs);
    const onSight = () => void look();
    document.addEventListener("visibilitychange", onSight);
    return () => {
      isWanted = false;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onSight);
    };
  }, [isRunning, tenant, environment, given.id, router]);

  return seen;
}
