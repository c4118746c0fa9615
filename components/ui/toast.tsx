"use client";

import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";

export type ToastInput = {
  title: string;
  tone?: "success" | "info" | "danger";
  description?: string;
  /** One action, such as "Undo". */
  action?: { label: string; onClick: () => void };
};

type Toast = ToastInput & { id: number };

// Toasts outlive the page that created them, such as a form that navigates away, so they are stored
// outside the component tree.
let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();
const noToasts: readonly Toast[] = [];

function publish(next: readonly Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function toast(input: ToastInput) {
  lastId += 1;
  publish([...toasts, { ...input, id: lastId }].slice(-3));
}

function dismiss(id: number) {
  publish(toasts.filter((item) => item.id !== id));
}

/** Returns the function that shows a short message in the corner: `toast({ title: "Link closed" })`. */
export function useToast(): (input: ToastInput) => void {
  return toast;
}

const toneStyles = {
  success: { icon: CircleCheck, className: "text-live" },
  info: { icon: Info, className: "text-info" },
  danger: { icon: CircleAlert, className: "text-danger" },
} as const;

/** Where toasts appear; rendered once, by the shell. */
export function Toaster() {
  const visibleToasts = useSyncExternalStore(
    subscribe,
    () => toasts,
    () => noToasts,
  );
  return (
    <section
      aria-label="Notifications"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-0 z-60 flex flex-col items-center gap-2 p-4 sm:left-auto sm:w-96 sm:items-stretch print:hidden"
    >
      {visibleToasts.map((item) => (
        <ToastCard key={item.id} toast={item} />
      ))}
    </section>
  );
}

/** Closes after a while, unless it is an error, hovered or focused. */
function ToastCard({
  toast: { id, title, tone = "success", description, action },
}: {
  toast: Toast;
}) {
  const [isPaused, setIsPaused] = useState(false);
  const isPersistent = tone === "danger" || isPaused;

  useEffect(() => {
    if (isPersistent) return;
    const timer = setTimeout(() => dismiss(id), action ? 10_000 : 6_000);
    return () => clearTimeout(timer);
  }, [id, isPersistent, action]);

  const { icon: Icon, className } = toneStyles[tone];
  return (
    <div
      onPointerEnter={() => setIsPaused(true)}
      onPointerLeave={() => setIsPaused(false)}
      onFocus={() => setIsPaused(true)}
      onBlur={() => setIsPaused(false)}
      className="pointer-events-auto flex w-full items-start gap-3 rounded-lg border border-line bg-raised py-3 pr-2 pl-4 shadow-lg"
    >
      <Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${className}`} />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {description ? <p className="mt-0.5 text-sm text-muted">{description}</p> : null}
      </div>
      {action ? (
        <button
          type="button"
          onClick={() => {
            action.onClick();
            dismiss(id);
          }}
          className="link min-h-6 shrink-0 px-1 font-medium"
        >
          {action.label}
        </button>
      ) : null}
      <button
        type="button"
        aria-label="Dismiss"
        onClick={() => dismiss(id)}
        className="inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11"
      >
        <X aria-hidden="true" className="size-4" />
      </button>
    </div>
  );
}
