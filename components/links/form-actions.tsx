import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { ProductionWarning } from "@/components/shell/production-warning";

/** The buttons of the form for a new link. */
export function FormActions({
  scope,
  pending,
  productionWarning,
}: {
  scope: PortalScope;
  pending: boolean;
  /** What creating the link does; shown in production. */
  productionWarning: string;
}) {
  return (
    <div className="flex flex-wrap items-start gap-2">
      <ProductionWarning environment={scope.environment} text={productionWarning}>
        <Button type="submit" variant="primary" pending={pending} aria-describedby="link-summary">
          {pending ? "Creating…" : "Create link"}
        </Button>
      </ProductionWarning>
      <ButtonLink href={portalPath(scope, "/links")} variant="quiet">
        Cancel
      </ButtonLink>
    </div>
  );
}
