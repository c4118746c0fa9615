"use client";

import { useRefresh } from "@/components/ui/use-refresh";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";

const refreshIntervalMs = 2_000;
const maxRefreshes = 30;

/** Refreshes the page every two seconds while Hero's response is pending, for a minute at most. */
export function PendingRefresh() {
  const refreshPage = useRefresh();
  const [refreshCount, setRefreshCount] = useState(0);
  const isRefreshing = refreshCount < maxRefreshes;

  useEffect(() => {
    if (!isRefreshing) return;
    const timer = setTimeout(() => {
      void refreshPage();
      setRefreshCount(refreshCount + 1);
    }, refreshIntervalMs);
    return () => clearTimeout(timer);
  }, [refreshPage, refreshCount, isRefreshing]);

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
            void refreshPage();
            setRefreshCount(0);
          }}
        >
          Refresh
        </Button>
      )}
    </div>
  );
}
