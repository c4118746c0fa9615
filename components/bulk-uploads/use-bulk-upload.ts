"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { portalClient } from "@/components/client";
import type { PortalScope } from "@/components/shell/portal-path";
import type { BulkUploadView } from "@/server/schemas/bulk-uploads";

const pollIntervalMs = 2_000;
/** How often the page's own lists are read again while rows are being worked on. */
const refreshIntervalMs = 8_000;

/**
 * A bulk as it is now: asked for every two seconds while it runs and somebody looks. When it stops, and
 * now and then before, the page reads its lists again.
 */
export function useBulkUpload(scope: PortalScope, loaded: BulkUploadView): BulkUploadView {
  const router = useRouter();
  const [current, setCurrent] = useState(loaded);
  const refreshedAt = useRef(0);
  // The page was loaded again, by an act on it or by us.
  const [lastLoaded, setLastLoaded] = useState(loaded);
  if (lastLoaded !== loaded) {
    setLastLoaded(loaded);
    setCurrent(loaded);
  }
  const isRunning = current.state === "running";
  const { tenant, environment } = scope;

  useEffect(() => {
    if (!isRunning) return;
    const { bulkUploads } = portalClient(tenant, environment);
    let isActive = true;
    async function poll() {
      if (document.hidden) return;
      try {
        const latest = await bulkUploads.get.query({ bulkUploadId: loaded.id });
        if (!isActive) return;
        setCurrent(latest);
        const isDue = Date.now() - refreshedAt.current > refreshIntervalMs;
        if (latest.state !== "running" || isDue) {
          refreshedAt.current = Date.now();
          router.refresh();
        }
      } catch {
        // The next look may have an answer; until then the last one stands.
      }
    }
    const timer = setInterval(() => void poll(), pollIntervalMs);
    const onVisibilityChange = () => void poll();
    document.addEventListener("visibilitychange", onVisibilityChange);
    return () => {
      isActive = false;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onVisibilityChange);
    };
  }, [isRunning, tenant, environment, loaded.id, router]);

  return current;
}
