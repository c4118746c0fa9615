import { Download } from "lucide-react";
import type { Metadata } from "next";
import { Contents } from "@/components/api-docs/contents";
import { EventsSection } from "@/components/api-docs/events-section";
import { exampleRequest } from "@/components/api-docs/example-requests";
import { FieldTable } from "@/components/api-docs/field-table";
import { Operation } from "@/components/api-docs/operation";
import { ProblemTable } from "@/components/api-docs/problem-table";
import { Prose } from "@/components/api-docs/prose";
import { portalPath } from "@/components/shell/portal-path";
import { buttonClasses } from "@/components/ui/button-classes";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { PageHeader } from "@/components/ui/page-header";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { environmentNames } from "@/server/schemas/environment-names";
import { requirePortalPage } from "@/server/portal/page-caller";
import { buildApiDocs } from "@/server/v1/api-docs";

export const metadata: Metadata = { title: "API documentation – Settings" };

type PageProps = { params: Promise<{ tenant: string; environment: string }> };

export default async function ApiPage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const apiDocs = buildApiDocs();
  const [practice] = await portal.practices.options();
  const latestLinks = practice
    ? await portal.links.list({ kind: "booking", practiceId: practice.id, limit: 1 })
    : undefined;
  const placement = (await portal.placements.list()).find(({ practices }) =>
    practices.some(({ id }) => id === practice?.id),
  );
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const exampleValues = {
    portalUrl: scope.urls.portal,
    practiceGroupId: practice?.practiceGroupId ?? "PRACTICE_GROUP_ID",
    placementId: placement?.id,
    expiresOn: addDays(ukDateOf(new Date()), 14),
    lastLink: latestLinks?.items[0],
  };

  return (
    <>
      <PageHeader
        title="API documentation"
        back={{ href: portalPath(portalScope, "/settings"), label: "Settings" }}
        description={<Prose text={apiDocs.description} />}
        actions={
          <a href="/api/v1/openapi.json" download="openapi.json" className={buttonClasses({})}>
            <Download aria-hidden="true" className="size-4 shrink-0" />
            OpenAPI file
          </a>
        }
      />
      <div className="gap-10 xl:grid xl:grid-cols-[minmax(0,1fr)_13rem]">
        <Contents
          items={[
            ...apiDocs.operations.map(({ id, summary }) => ({ id, title: summary })),
            { id: "link-fields", title: "The link object" },
            { id: "message-fields", title: "The message object" },
            { id: "events", title: "Events and webhooks" },
            { id: "event-types", title: "Event types" },
            { id: "problems", title: "Problems" },
          ]}
        />
        <div className="flex min-w-0 flex-col gap-10">
          <section aria-label="Summary">
            <DescriptionList>
              <DescriptionItem term="Base URL">
                <code className="font-mono wrap-anywhere">{`${exampleValues.portalUrl}/api/v1`}</code>
              </DescriptionItem>
              <DescriptionItem term="Authentication">
                <code className="font-mono wrap-anywhere">
                  Authorization: Bearer $PORTAL_API_KEY
                </code>
                <span className="block text-sm text-muted">
                  {`${environmentNames[scope.environment]} keys start with hpp_${scope.environment}_ and only work in ${environmentNames[scope.environment]}.`}
                </span>
              </DescriptionItem>
              <DescriptionItem term="Idempotency">
                <Prose text="Send a unique `Idempotency-Key` with each link you create, appointment you book and message you send. If you get no response, retry with the same key: nothing is done twice." />
              </DescriptionItem>
              <DescriptionItem term="Pagination">
                <Prose
                  text={
                    'Follow `Link: <…>; rel="next"`, or send `nextCursor` as `cursor`, until there is none.'
                  }
                />
              </DescriptionItem>
              <DescriptionItem term="Errors">
                <Prose text="Errors are problem details (RFC 9457) as `application/problem+json`. Every response has an `x-request-id` header: quote it when you ask for help." />
              </DescriptionItem>
            </DescriptionList>
          </section>
          {apiDocs.operations.map((operation) => (
            <Operation
              key={operation.id}
              operation={operation}
              example={exampleRequest(operation.id, exampleValues)}
            />
          ))}
          <section aria-labelledby="link-fields" className="border-t border-line pt-8">
            <h2 id="link-fields" className="mb-4 scroll-mt-28 text-xl font-semibold">
              The link object
            </h2>
            <FieldTable label="The link object" fields={apiDocs.linkFields} isResponse />
          </section>
          <section aria-labelledby="message-fields" className="border-t border-line pt-8">
            <h2 id="message-fields" className="mb-4 scroll-mt-28 text-xl font-semibold">
              The message object
            </h2>
            <FieldTable label="The message object" fields={apiDocs.messageFields} isResponse />
          </section>
          <EventsSection {...apiDocs} />
          <section aria-labelledby="problems" className="border-t border-line pt-8">
            <h2 id="problems" className="mb-4 scroll-mt-28 text-xl font-semibold">
              Problems
            </h2>
            <ProblemTable problems={apiDocs.problems} />
          </section>
        </div>
      </div>
    </>
  );
}
