"use client";

import { Clock } from "lucide-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { Button, ButtonLink } from "@/components/ui/button";
import { serverNow } from "./server-clock";
import { useShell } from "./shell-context";

const warnBeforeMs = 2 * 60_000;
const checkIntervalMs = 5_000;

type Phase = "fine" | "ending" | "ended";

/**
 * Warns two minutes before the session ends. The layout's expiry time may be stale, so after user
 * activity it is first refreshed from the server.
 */
export function SessionWarning() {
  const { sessionExpiresAt, serverTime } = useShell();
  const router = useRouter();
  const pathname = usePathname();
  const search = useSearchParams().toString();
  const [phase, setPhase] = useState<Phase>("fine");
  // The expiry time for which renewal was already tried.
  const [renewedExpiry, setRenewedExpiry] = useState<string | null>(null);
  const wasActive = useRef(false);

  useEffect(() => {
    wasActive.current = false;
    let isRefreshRequested = false;
    const expiresAtMs = Date.parse(sessionExpiresAt);
    const recordActivity = () => {
      wasActive.current = true;
    };
    // Polled, since timers stop while the computer sleeps.
    const checkExpiry = () => {
      const remainingMs = expiresAtMs - serverNow(serverTime);
      if (remainingMs > warnBeforeMs) return setPhase("fine");
      if (remainingMs > 0 && wasActive.current && !isRefreshRequested) {
        isRefreshRequested = true;
        return router.refresh();
      }
      setPhase(remainingMs > 0 ? "ending" : "ended");
    };
    checkExpiry();
    const timer = setInterval(checkExpiry, checkIntervalMs);
    document.addEventListener("visibilitychange", checkExpiry);
    window.addEventListener("pointerdown", recordActivity);
    window.addEventListener("keydown", recordActivity);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", checkExpiry);
      window.removeEventListener("pointerdown", recordActivity);
      window.removeEventListener("keydown", recordActivity);
    };
  }, [sessionExpiresAt, serverTime, router]);

  if (phase === "fine") return null;
  const isRenewalUsed = renewedExpiry === sessionExpiresAt;
  const currentUrl = pathname + (search ? `?${search}` : "");
  return (
    <div
      role="alert"
      className="fixed inset-x-3 bottom-3 z-40 mx-auto flex max-w-xl flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border border-ending-line bg-ending-soft p-4 shadow-lg print:hidden"
    >
      <Clock aria-hidden="true" className="size-4 shrink-0 text-ending" />
      <p className="min-w-48 flex-1">
        {phase === "ending" ? (
          <>
            <strong className="font-semibold">You will be signed out in two minutes.</strong>{" "}
            {isRenewalUsed
              ? "You have reached the maximum session length. Save your work and sign in again."
              : "Unsaved changes will be lost."}
          </>
        ) : (
          <>
            <strong className="font-semibold">You have been signed out.</strong> Sign in to
            continue.
          </>
        )}
      </p>
      {phase === "ending" && !isRenewalUsed ? (
        <Button
          size="sm"
          onClick={() => {
            setRenewedExpiry(sessionExpiresAt);
            router.refresh();
          }}
        >
          Stay signed in
        </Button>
      ) : (
        <ButtonLink
          size="sm"
          href={`/sign-in?next=${encodeURIComponent(currentUrl)}`}
          prefetch={false}
        >
          Sign in
        </ButtonLink>
      )}
    </div>
  );
}
