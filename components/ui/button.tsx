import Link from "next/link";
import type { ComponentProps, MouseEvent, ReactNode } from "react";

type Look = {
  variant?: "primary" | "secondary" | "quiet" | "danger";
  size?: "sm" | "md";
  icon?: ReactNode;
};

const shape =
  "inline-flex items-center justify-center gap-2 rounded-md border font-medium whitespace-nowrap select-none transition-colors edge-when-forced pointer-coarse:min-h-11";

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

function look({ variant = "secondary", size = "md" }: Look, extra?: string) {
  return [
    shape,
    variants[variant],
    sizes[size],
    "aria-disabled:opacity-60 aria-disabled:cursor-not-allowed",
    extra,
  ]
    .filter(Boolean)
    .join(" ");
}

function Icon({ children }: { children: ReactNode }) {
  return (
    <span aria-hidden="true" className="-mx-0.5 inline-flex shrink-0 [&>svg]:size-4">
      {children}
    </span>
  );
}

function refuse(event: MouseEvent<HTMLButtonElement>) {
  event.preventDefault();
}

export type ButtonProps = Look & { pending?: boolean } & ComponentProps<"button">;

/**
 * A button. `pending` keeps it focusable and readable while it refuses clicks, so that focus is not
 * lost in the middle of a form; say the progress in its text ("Saving…"). The type defaults to
 * `button`: state `type="submit"` in forms.
 */
export function Button({
  variant,
  size,
  icon,
  pending = false,
  className,
  children,
  type = "button",
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={look({ variant, size }, className)}
      {...(pending ? { "aria-disabled": true, "aria-busy": true, onClick: refuse } : {})}
    >
      {icon ? <Icon>{icon}</Icon> : null}
      {children}
    </button>
  );
}

export type ButtonLinkProps = Look & ComponentProps<typeof Link>;

/** A link that looks like a button, for acts that lead to another page. */
export function ButtonLink({ variant, size, icon, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link {...rest} className={look({ variant, size }, className)}>
      {icon ? <Icon>{icon}</Icon> : null}
      {children}
    </Link>
  );
}
