"use client";

import { useRouter } from "next/navigation";
import { useCallback } from "react";

/**
 * Reads the page's data again. Does nothing while the portal cannot be reached: the router would replace
 * the page by the browser's error.
 */
export function useRefresh(): () => Promise<void> {
  const router = useRouter();
  return useCallback(async () => {
    const response = await fetch("/api/health/live", { cache: "no-store" }).catch(() => null);
    if (response?.ok) router.refresh();
  }, [router]);
}
