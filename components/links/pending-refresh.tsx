"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";

const refreshIntervalMs = 2_000;
const maxRefreshes = 30;

/** Refreshes the page every two seconds while Hero's response is pending, for a minute at most. */
export function PendingRefresh() {
  const router = useRouter();
  const [refreshCount, setRefreshCount] = useState(0);
  const isRefreshing = refreshCount < maxRefreshes;

  useEffect(() => {
    if (!isRefreshing) return;
    const timer = setTimeout(() => {
      router.refresh();
      setRefreshCount(refreshCount + 1);
    }, refreshIntervalMs);
    return () => clearTimeout(timer);
  }, [router, refreshCount, isRefreshing]);

  return (
    <div className="mt-4 flex flex-wrap items-center gap-3">
      <p role="status" className="text-muted">
        {isRefreshing
          ? "This page refreshes every two seconds."
          : "Hero has not responded after a minute."}
      </p>
      {isRefreshing ? null : (
        <Button
          onClick={() => {
            router.refresh();
            setRefreshCount(0);
          }}
        >
          Refresh
        </Button>
      )}
    </div>
  );
}
