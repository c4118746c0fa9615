"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { portalClient } from "@/components/client";
import type { PortalScope } from "@/components/shell/portal-path";
import type { BulkUploadView } from "@/server/schemas/bulk-uploads";

const pollIntervalMs = 2_000;
/** How often the whole page is refreshed while rows are processed. */
const refreshIntervalMs = 8_000;

/** Polls a running bulk upload while the page is visible, and refreshes the page now and then and at the end. */
export function useBulkUpload(scope: PortalScope, loaded: BulkUploadView): BulkUploadView {
  const router = useRouter();
  const [current, setCurrent] = useState(loaded);
  const refreshedAt = useRef(0);
  // The page was refreshed.
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
        // The next poll may succeed.
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
