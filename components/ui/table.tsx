import type { ComponentProps, ReactNode } from "react";

type TableFrameProps = {
  /** Names the region that scrolls sideways, for keyboards and screen readers. */
  label: string;
  density?: "comfortable" | "compact";
  children: ReactNode;
  footer?: ReactNode;
  /** A long table scrolls within the frame, and its headings stay. */
  hasStickyHeadings?: boolean;
};

/** The frame of a table, which scrolls sideways so that the page does not. */
export function TableFrame({
  label,
  density = "comfortable",
  children,
  footer,
  hasStickyHeadings,
}: TableFrameProps) {
  return (
    <div
      data-density={density}
      className="overflow-hidden rounded-lg border border-line bg-surface print:border-0"
    >
      <section
        aria-label={label}
        tabIndex={0}
        className={`overflow-x-auto focus-visible:-outline-offset-2 ${
          hasStickyHeadings
            ? "sm:max-h-[70vh] sm:overflow-y-auto sm:[&_thead_th]:sticky sm:[&_thead_th]:top-0 sm:[&_thead_th]:z-1 print:max-h-none"
            : ""
        }`}
      >
        {children}
      </section>
      {footer ? <div className="border-t border-line px-4 py-2.5">{footer}</div> : null}
    </div>
  );
}

type TableProps = ComponentProps<"table"> & {
  /** Below 640 px each row becomes a card; every `Td` then needs its `label`. */
  cardsOnPhones?: boolean;
};

/** A table. Give it a `<caption className="sr-only">` or let the frame's label name it. */
export function Table({ cardsOnPhones, className, ...rest }: TableProps) {
  return (
    <table
      {...rest}
      data-cards={cardsOnPhones ? "" : undefined}
      className={[
        "data-table w-full border-collapse text-left text-base",
        "[&_tbody_tr]:border-t [&_tbody_tr]:border-line [&_tbody_tr:hover]:bg-hover/60",
        cardsOnPhones
          ? "max-sm:block max-sm:[&_thead]:sr-only max-sm:[&_tbody]:block max-sm:[&_tbody_tr]:flex max-sm:[&_tbody_tr]:flex-col max-sm:[&_tbody_tr]:gap-1 max-sm:[&_tbody_tr]:px-4 max-sm:[&_tbody_tr]:py-3 max-sm:[&_tbody_tr:first-child]:border-t-0"
          : "",
        className,
      ]
        .filter(Boolean)
        .join(" ")}
    />
  );
}

/** A column heading. `numeric` aligns it right. */
export function Th({
  numeric,
  className,
  scope = "col",
  ...rest
}: ComponentProps<"th"> & { numeric?: boolean }) {
  return (
    <th
      {...rest}
      scope={scope}
      className={[
        "h-9 bg-sunken px-4 text-xs font-medium whitespace-nowrap text-muted",
        numeric ? "text-right" : "",
        className,
      ]
        .filter(Boolean)
        .join(" ")}
    />
  );
}

type TdProps = ComponentProps<"td"> & {
  numeric?: boolean;
  /** The column name, shown beside the value when rows are cards. */
  label?: string;
};

/** A cell; `app/globals.css` has its common classes. */
export function Td({ numeric, label, className, ...rest }: TdProps) {
  const classes = [
    numeric ? "text-right tabular-nums max-sm:in-data-cards:text-left" : "",
    className,
  ];
  return (
    <td {...rest} data-label={label} className={classes.filter(Boolean).join(" ") || undefined} />
  );
}
