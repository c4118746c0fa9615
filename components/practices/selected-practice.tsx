import Link from "next/link";
import type { PortalScope } from "@/components/shell/portal-path";
import { environmentNames } from "@/server/schemas/environment-names";

type SelectedPracticeProps = {
  scope: PortalScope;
  practice: { name: string; practiceGroupId: string };
  /** The page to select another practice on, if there is one. */
  changeHref?: string | null;
};

/** The practice a form acts for, in large type. */
export function SelectedPractice({ scope, practice, changeHref }: SelectedPracticeProps) {
  return (
    <div className="mb-6 flex max-w-3xl flex-wrap items-baseline gap-x-3 gap-y-1 border-y border-line py-3">
      <span className="text-sm text-muted">For</span>
      <span className="text-xl font-semibold">{practice.name}</span>
      <span className="text-sm text-muted">
        <span className="font-mono">{practice.practiceGroupId}</span> ·{" "}
        {environmentNames[scope.environment]}
      </span>
      {changeHref ? (
        <Link href={changeHref} className="link ml-auto">
          Change practice
        </Link>
      ) : null}
    </div>
  );
}
