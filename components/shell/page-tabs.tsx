import Link from "next/link";

type PageTabsProps = {
  /** Names the navigation. */
  label: string;
  tabs: readonly {
    href: string;
    label: string;
    /** What waits on the page; not shown when nothing does. */
    count?: { value: number; explanation: string };
  }[];
  /** The label of the page that is shown. */
  current: string;
};

/**
 * Links between pages that belong together, under their common header. One line, which scrolls where it does not
 * fit.
 */
export function PageTabs({ label, tabs, current }: PageTabsProps) {
  return (
    <nav aria-label={label} className="mb-6 border-b border-line print:hidden">
      <ul className="-mb-px flex overflow-x-auto sm:gap-x-1">
        {tabs.map((tab) => (
          <li key={tab.href}>
            <Link
              href={tab.href}
              aria-current={tab.label === current ? "page" : undefined}
              className="inline-flex min-h-9 items-center border-b-2 border-transparent px-2 font-medium whitespace-nowrap text-muted hover:text-ink focus-visible:-outline-offset-2 aria-[current]:border-accent aria-[current]:text-ink max-sm:text-sm sm:px-3 pointer-coarse:min-h-11"
            >
              {tab.label}
              {tab.count && tab.count.value > 0 ? (
                <span className="ml-1.5 rounded-full bg-accent-soft px-1.5 text-xs text-accent">
                  {tab.count.value}
                  <span className="sr-only"> {tab.count.explanation}</span>
                </span>
              ) : null}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
