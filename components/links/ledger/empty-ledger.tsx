import { Files, Link2, Plus } from "lucide-react";
import { NoPractices } from "@/components/practices/no-practices";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

type EmptyLedgerProps = {
  scope: PortalScope;
  /** The practice the ledger is filtered by. */
  practice: { id: string; name: string } | undefined;
  hasPractices: boolean;
  canCreate: boolean;
  canConnect: boolean;
};

/** The ledger before its first link. */
export function EmptyLedger({
  scope,
  practice,
  hasPractices,
  canCreate,
  canConnect,
}: EmptyLedgerProps) {
  if (!hasPractices) {
    return (
      <NoPractices scope={scope} canConnect={canConnect} icon={<Link2 />}>
        You create links for a practice.
      </NoPractices>
    );
  }
  return (
    <EmptyState
      icon={<Link2 />}
      title={practice ? `No links for ${practice.name} yet` : "No links yet"}
      action={
        canCreate ? (
          <div className="flex flex-wrap justify-center gap-2">
            <ButtonLink
              href={portalPath(scope, "/links/new", { practice: practice?.id })}
              variant="primary"
              icon={<Plus />}
            >
              New link
            </ButtonLink>
            <ButtonLink href={portalPath(scope, "/links/bulk-uploads")} icon={<Files />}>
              Bulk uploads
            </ButtonLink>
          </div>
        ) : null
      }
      doc="Patients book or fill in forms on Hero's pages. You see how often each link was used."
    >
      Create a link for one patient, or one for anyone registered at the practice.
    </EmptyState>
  );
}
