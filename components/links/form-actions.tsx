import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { ProductionWarning } from "@/components/shell/production-warning";

/** The end of a form for a new link. */
export function FormActions({
  scope,
  pending,
  productionWarning,
}: {
  scope: PortalScope;
  pending: boolean;
  /** What it does to patients, said in production. */
  productionWarning: string;
}) {
  return (
    <div className="flex flex-wrap items-start gap-2">
      <ProductionWarning environment={scope.environment} text={productionWarning}>
        <Button type="submit" variant="primary" pending={pending} aria-describedby="link-sentence">
          {pending ? "Asking Hero…" : "Make the link"}
        </Button>
      </ProductionWarning>
      <ButtonLink href={portalPath(scope, "/links")} variant="quiet">
        Cancel
      </ButtonLink>
    </div>
  );
}
