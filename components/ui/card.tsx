import type { ComponentProps, ReactNode } from "react";

type CardProps = ComponentProps<"section"> & {
  /** `none` for content with its own padding, such as a list or a table. */
  padding?: "normal" | "none";
};

/** A bordered section. Name it with `aria-labelledby` where it has a heading. */
export function Card({ padding = "normal", className, ...rest }: CardProps) {
  return (
    <section
      {...rest}
      className={[
        "rounded-lg border border-line bg-surface",
        padding === "normal" ? "p-4 sm:p-5" : "",
        className,
      ]
        .filter(Boolean)
        .join(" ")}
    />
  );
}

type CardHeaderProps = {
  title: ReactNode;
  /** The heading's id, for the card's `aria-labelledby`. */
  id?: string;
  description?: ReactNode;
  actions?: ReactNode;
  className?: string;
};

/** A card's heading (`h2`) and actions. */
export function CardHeader({ title, id, description, actions, className }: CardHeaderProps) {
  return (
    <div
      className={["mb-4 flex flex-wrap items-start justify-between gap-3", className]
        .filter(Boolean)
        .join(" ")}
    >
      <div className="min-w-0">
        <h2 id={id} className="text-lg font-semibold">
          {title}
        </h2>
        {description ? (
          <div className="mt-0.5 max-w-prose text-sm text-muted">{description}</div>
        ) : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </div>
  );
}
