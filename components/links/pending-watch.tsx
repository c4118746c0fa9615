"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";

const everyMs = 2_000;
const atMost = 30;

/** Looks again every two seconds while Hero's answer is awaited, for a minute; then leaves it to people. */
export function PendingWatch() {
  const router = useRouter();
  const [looks, setLooks] = useState(0);
  const isWatching = looks < atMost;

  useEffect(() => {
    if (!isWatching) return;
    const timer = setTimeout(() => {
      router.refresh();
      setLooks(looks + 1);
    }, everyMs);
    return () => clearTimeout(timer);
  }, [router, looks, isWatching]);

  return (
    <div className="mt-4 flex flex-wrap items-center gap-3">
      <p role="status" className="text-muted">
        {isWatching
          ? "This page looks again by itself every two seconds."
          : "Still no answer after a minute."}
      </p>
      {isWatching ? null : (
        <Button
          onClick={() => {
            router.refresh();
            setLooks(0);
          }}
        >
          Look again
        </Button>
      )}
    </div>
  );
}
