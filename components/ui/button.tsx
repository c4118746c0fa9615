import Link from "next/link";
import type { ComponentProps, MouseEvent, ReactNode } from "react";
import { type ButtonStyle, buttonClasses } from "./button-classes";

function Icon({ children }: { children: ReactNode }) {
  return (
    <span aria-hidden="true" className="-mx-0.5 inline-flex shrink-0 [&>svg]:size-4">
      {children}
    </span>
  );
}

function preventClick(event: MouseEvent<HTMLButtonElement>) {
  event.preventDefault();
}

export type ButtonProps = ButtonStyle & { pending?: boolean } & ComponentProps<"button">;

/**
 * A button; the type defaults to `button`. `pending` ignores clicks but keeps focus: show the progress in
 * its text ("Saving…").
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
      className={buttonClasses({ variant, size }, className)}
      {...(pending ? { "aria-disabled": true, "aria-busy": true, onClick: preventClick } : {})}
    >
      {icon ? <Icon>{icon}</Icon> : null}
      {children}
    </button>
  );
}

export type ButtonLinkProps = ButtonStyle & ComponentProps<typeof Link>;

/** A link styled as a button. */
export function ButtonLink({ variant, size, icon, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link {...rest} className={buttonClasses({ variant, size }, className)}>
      {icon ? <Icon>{icon}</Icon> : null}
      {children}
    </Link>
  );
}
