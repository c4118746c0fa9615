import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { OrganisationView } from "@/server/schemas/organisations";
import { roleLabel } from "@/server/schemas/permissions";

type OrganisationListProps = {
  organisations: readonly OrganisationView[];
  /** The environment the organisations open in. */
  environment: string;
};

/** The user's organisations, as links. */
export function OrganisationList({ organisations, environment }: OrganisationListProps) {
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
      {organisations.map(({ slug, name, role }) => (
        <li key={slug}>
          <Link
            href={`/${slug}/${environment}`}
            prefetch={false}
            className="flex items-center gap-4 px-4 py-3.5 hover:bg-hover focus-visible:-outline-offset-2"
          >
            <span
              aria-hidden="true"
              className="inline-flex size-9 shrink-0 items-center justify-center rounded-md border border-accent-line bg-accent-soft font-semibold text-accent"
            >
              {[...name][0]?.toLocaleUpperCase("en-GB")}
            </span>
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{name}</span>
              <span className="block truncate font-mono text-xs text-muted">{slug}</span>
            </span>
            <span className="text-sm text-muted">{roleLabel(role)}</span>
            <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-subtle" />
          </Link>
        </li>
      ))}
    </ul>
  );
}
