import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { environmentNames } from "@/server/schemas/environments";

type SelectedPracticeProps = {
  scope: PortalScope;
  practice: { name: string; practiceGroupId: string };
  /** Leads to the choice of another practice, where there is one. */
  canChange?: boolean;
};

/** Whose link this is, said large above a form that acts for a practice. */
export function SelectedPractice({ scope, practice, canChange = false }: SelectedPracticeProps) {
  return (
    <div className="mb-6 flex max-w-3xl flex-wrap items-baseline gap-x-3 gap-y-1 border-y border-line py-3">
      <span className="text-sm text-muted">For</span>
      <span className="text-xl font-semibold">{practice.name}</span>
      <span className="text-sm text-muted">
        <span className="font-mono">{practice.practiceGroupId}</span> ·{" "}
        {environmentNames[scope.environment]}
      </span>
      {canChange ? (
        <Link href={portalPath(scope, "/links/new")} className="link ml-auto">
          Another practice
        </Link>
      ) : null}
    </div>
  );
}
