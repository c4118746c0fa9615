import { ChevronLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

type PageHeaderProps = {
  title: ReactNode;
  description?: ReactNode;
  /** Buttons, the primary one last. */
  actions?: ReactNode;
  /** The parent page. */
  back?: { href: string; label: string };
  /** A badge beside the title. */
  badge?: ReactNode;
  /** `compact` leaves more of the screen to a list. */
  density?: "normal" | "compact";
};

/** The top of a page: its only `h1`, a description and its actions. */
export function PageHeader({
  title,
  description,
  actions,
  back,
  badge,
  density = "normal",
}: PageHeaderProps) {
  return (
    <header className={`flex flex-col gap-2 ${density === "compact" ? "mb-3" : "mb-6"}`}>
      {back ? (
        <Link
          href={back.href}
          className="-ml-1 inline-flex min-h-6 w-fit items-center gap-1 rounded-sm pr-1 text-sm text-muted hover:text-ink print:hidden"
        >
          <ChevronLeft aria-hidden="true" className="size-4" />
          {back.label}
        </Link>
      ) : null}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className={`min-w-0 flex-1 ${density === "compact" ? "basis-52" : "basis-64"}`}>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="min-w-0 text-2xl font-semibold">{title}</h1>
            {badge}
          </div>
          {description ? <div className="mt-1 max-w-prose text-muted">{description}</div> : null}
        </div>
        {actions ? (
          <div className="flex flex-wrap items-center gap-2 print:hidden">{actions}</div>
        ) : null}
      </div>
    </header>
  );
}
