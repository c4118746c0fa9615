import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { PracticeView } from "@/server/schemas/practices";
import { HealthBadge } from "./health-badge";
import { practiceLabel } from "./labels";

type PracticeListPickerProps = {
  practices: readonly PracticeView[];
  /** The page for a practice. */
  hrefOf: (practiceId: string) => string;
};

/** Selects the practice before a form opens, so that nothing is done for the wrong one. */
export function PracticeListPicker({ practices, hrefOf }: PracticeListPickerProps) {
  return (
    <section aria-labelledby="which-practice" className="max-w-3xl">
      <h2 id="which-practice" className="mb-3 text-lg font-semibold">
        Select a practice
      </h2>
      <ul className="flex flex-col gap-2">
        {practices.map((practice) => (
          <li key={practice.id}>
            <Link
              href={hrefOf(practice.id)}
              className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-line bg-surface p-4 transition-colors hover:border-line-strong hover:bg-hover"
            >
              <span className="min-w-0 flex-1 basis-48">
                <span className="block text-lg font-semibold">{practiceLabel(practice)}</span>
                <span className="block text-sm text-muted">
                  {practice.nickname ? `${practice.name} · ` : null}
                  <span className="font-mono">{practice.practiceGroupId}</span>
                </span>
              </span>
              {practice.health === "working" ? null : <HealthBadge health={practice.health} />}
              <ChevronRight aria-hidden="true" className="size-5 shrink-0 text-subtle" />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
