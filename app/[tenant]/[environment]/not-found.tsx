import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export default function PortalNotFound() {
  return (
    <>
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        title="There is nothing at this address"
        action={<ButtonLink href="/organisations">Go to your organisations</ButtonLink>}
      >
        <p>It may have been removed, or it belongs to another organisation or environment.</p>
      </EmptyState>
    </>
  );
}
