import type { Metadata } from "next";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export const metadata: Metadata = { title: "Not found" };

export default function PortalNotFound() {
  return (
    <>
      <h1 className="sr-only">Page not found</h1>
      <EmptyState
        title="Page not found"
        action={<ButtonLink href="/organisations">Go to your organisations</ButtonLink>}
      >
        <p>It may have been deleted, or belong to another organisation or environment.</p>
      </EmptyState>
    </>
  );
}
