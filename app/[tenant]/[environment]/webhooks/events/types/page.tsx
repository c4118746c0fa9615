import type { Metadata } from "next";
import { EventTypes } from "@/components/api-docs/event-types";
import { portalPath } from "@/components/shell/portal-path";
import { PageHeader } from "@/components/ui/page-header";
import { requirePortalPage } from "@/server/portal/page-caller";
import { describeEventTypes } from "@/server/v1/api-docs";

export const metadata: Metadata = { title: "Event types – Webhooks" };

type PageProps = { params: Promise<{ tenant: string; environment: string }> };

export default async function EventTypesPage({ params }: PageProps) {
  const { scope } = await requirePortalPage(params);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  return (
    <>
      <PageHeader
        title="Event types"
        back={{ href: portalPath(portalScope, "/webhooks/events"), label: "Events" }}
        description="Every type of event with its fields and an example. Events have IDs and states, and no patient details. Types that start with “hero.” are passed on as Hero sent them."
      />
      <EventTypes eventTypes={describeEventTypes()} />
    </>
  );
}
