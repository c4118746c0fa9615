type ContentsProps = {
  /** The sections in their order; `id` is that of the heading. */
  items: readonly { id: string; title: string }[];
};

/** Links to the sections of a long page: above it, or beside it on wide screens, where they stay in view. */
export function Contents({ items }: ContentsProps) {
  return (
    <nav
      aria-label="On this page"
      className="top-24 mb-8 rounded-lg border border-line bg-surface p-4 xl:sticky xl:order-last xl:mb-0 xl:max-h-[calc(100dvh-8rem)] xl:self-start xl:overflow-y-auto xl:border-0 xl:bg-transparent xl:p-0 print:hidden"
    >
      <p className="mb-2 text-sm font-semibold">On this page</p>
      <ul className="flex flex-col gap-x-6 gap-y-1 sm:grid sm:grid-cols-2 xl:flex xl:border-l xl:border-line xl:pl-3">
        {items.map(({ id, title }) => (
          <li key={id}>
            <a
              href={`#${id}`}
              className="inline-flex min-h-6 items-center rounded-sm py-0.5 text-sm text-muted hover:text-ink hover:underline pointer-coarse:min-h-9"
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
