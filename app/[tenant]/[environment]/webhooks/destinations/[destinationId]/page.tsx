import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { portalPath } from "@/components/shell/portal-path";
import { idFromPath, idFromQuery, type SearchParams } from "@/components/shell/route-ids";
import { ButtonLink } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Identifier } from "@/components/ui/identifier";
import { NewestPager } from "@/components/ui/newest-pager";
import { PageHeader } from "@/components/ui/page-header";
import { Timestamp } from "@/components/ui/timestamp";
import { DeleteDestinationButton } from "@/components/webhooks/destinations/delete-destination-button";
import { DestinationState } from "@/components/webhooks/destinations/destination-state";
import { RecoverCard } from "@/components/webhooks/destinations/recover-card";
import { ResendButton } from "@/components/webhooks/destinations/resend-button";
import { SecretsCard } from "@/components/webhooks/destinations/secrets-card";
import { SendingList } from "@/components/webhooks/destinations/sending-list";
import { eventSnippets } from "@/components/webhooks/destinations/snippets";
import { SwitchCard } from "@/components/webhooks/destinations/switch-card";
import { TestCard } from "@/components/webhooks/destinations/test-card";
import { SnippetList } from "@/components/webhooks/snippet-list";
import {
  loadDestination,
  orNotFoundPage,
  requirePortalPage,
  titleOf,
} from "@/server/portal/page-caller";

type PageProps = {
  params: Promise<{ tenant: string; environment: string; destinationId: string }>;
  searchParams: SearchParams;
};

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal } = await requirePortalPage(params);
  const destinationId = idFromPath((await params).destinationId);
  return titleOf(loadDestination(portal, destinationId), ({ name }) => `${name} – Webhooks`);
}

export default async function DestinationPage({ params, searchParams }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const destinationId = idFromPath((await params).destinationId);
  const cursor = idFromQuery((await searchParams).cursor);
  const [destination, sendings] = await Promise.all([
    orNotFoundPage(loadDestination(portal, destinationId)),
    orNotFoundPage(portal.events.listSendings({ destinationId, cursor })),
  ]);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const path = `/webhooks/destinations/${destinationId}`;
  const canManage = scope.permissions.includes("webhooks.manage");
  const { name, url, eventTypes, practices, createdBy, createdAt } = destination;

  return (
    <>
      <LiveRefresh
        topics={["destinations"]}
        subjectId={destinationId}
        position={scope.livePosition}
      />
      <PageHeader
        title={name}
        badge={<DestinationState {...destination} />}
        back={{ href: portalPath(portalScope, "/webhooks/destinations"), label: "Destinations" }}
        actions={
          canManage ? (
            <>
              <DeleteDestinationButton
                scope={portalScope}
                destinationId={destinationId}
                name={name}
              />
              <ButtonLink href={portalPath(portalScope, `${path}/edit`)}>Edit</ButtonLink>
            </>
          ) : null
        }
      />
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] lg:grid-rows-[auto_1fr]">
        <Card aria-label="Details">
          <DescriptionList>
            <DescriptionItem term="Address">
              <Identifier value={url} label="Copy address" />
            </DescriptionItem>
            <DescriptionItem term="Event types">
              {eventTypes.length > 0 ? (
                <ul>
                  {eventTypes.map((type) => (
                    <li key={type} className="font-mono text-sm wrap-anywhere">
                      {type}
                    </li>
                  ))}
                </ul>
              ) : (
                "All"
              )}
            </DescriptionItem>
            <DescriptionItem term="Practices">
              {practices.length > 0 ? practices.map((practice) => practice.name).join(", ") : "All"}
            </DescriptionItem>
            <DescriptionItem term="Added">
              <Timestamp iso={createdAt} /> by {createdBy}
            </DescriptionItem>
          </DescriptionList>
        </Card>
        <div className="flex min-w-0 flex-col gap-5 lg:col-start-2 lg:row-span-2 lg:row-start-1">
          <SwitchCard scope={portalScope} destination={destination} canManage={canManage} />
          <SecretsCard scope={portalScope} destination={destination} canManage={canManage} />
          {canManage ? (
            <>
              <TestCard scope={portalScope} destinationId={destinationId} />
              <RecoverCard scope={portalScope} destinationId={destinationId} />
            </>
          ) : null}
        </div>
        <Card aria-labelledby="snippets">
          <CardHeader
            id="snippets"
            title="Verify events"
            description="Code for your server. Verify the bytes of the body before you parse them."
          />
          <SnippetList snippets={eventSnippets} />
        </Card>
      </div>
      <section aria-labelledby="sendings" className="mt-8">
        <h2 id="sendings" className="mb-3 text-lg font-semibold">
          Events
        </h2>
        {sendings.items.length > 0 ? (
          <SendingList
            scope={portalScope}
            sendings={sendings.items}
            actionFor={
              canManage
                ? ({ event }) => (
                    <ResendButton scope={portalScope} destinationId={destinationId} event={event} />
                  )
                : undefined
            }
          />
        ) : (
          <p className="text-muted">
            {cursor ? "No older events." : "No events have been sent to it yet."}
          </p>
        )}
        <NewestPager
          label="Event pages"
          newest={cursor ? portalPath(portalScope, path) : undefined}
          older={
            sendings.nextCursor
              ? portalPath(portalScope, path, { cursor: sendings.nextCursor })
              : undefined
          }
        />
      </section>
    </>
  );
}
