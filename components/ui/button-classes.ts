import type { ReactNode } from "react";

/** Button styles without the component, for pages that must stay small. */
export type ButtonStyle = {
  variant?: "primary" | "secondary" | "quiet" | "danger";
  size?: "sm" | "md";
  icon?: ReactNode;
};

const baseClasses =
  "inline-flex items-center justify-center gap-2 rounded-md border font-medium sm:whitespace-nowrap select-none transition-colors edge-when-forced pointer-coarse:min-h-11";

const variants = {
  primary:
    "border-transparent bg-accent text-on-accent hover:bg-accent-hover aria-disabled:bg-accent",
  secondary: "border-line bg-surface text-ink shadow-sm hover:bg-hover aria-disabled:bg-surface",
  quiet: "border-transparent bg-transparent text-muted hover:bg-hover hover:text-ink",
  danger:
    "border-transparent bg-danger-fill text-white hover:bg-danger-fill-hover aria-disabled:bg-danger-fill",
} as const;

const sizes = {
  sm: "min-h-7 px-2.5 py-1 text-sm",
  md: "min-h-9 px-3.5 py-1.5 text-base",
} as const;

export function buttonClasses(
  { variant = "secondary", size = "md" }: ButtonStyle,
  className?: string,
) {
  return [
    baseClasses,
    variants[variant],
    sizes[size],
    "aria-disabled:opacity-60 aria-disabled:cursor-not-allowed disabled:opacity-60 disabled:cursor-not-allowed",
    className,
  ]
    .filter(Boolean)
    .join(" ");
}
