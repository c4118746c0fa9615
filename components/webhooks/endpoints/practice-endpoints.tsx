import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Badge } from "@/components/ui/badge";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { Timestamp } from "@/components/ui/timestamp";
import type { PracticeWebhooks } from "@/server/schemas/webhooks";
import { EndpointActions } from "./endpoint-actions";
import { endpointStateLabels, eventTypeLabel } from "./labels";

type PracticeEndpointsProps = {
  scope: PortalScope;
  practice: PracticeWebhooks;
  canManage: boolean;
};

/** The webhooks of one practice, with the state of each registration. */
export function PracticeEndpoints({ scope, practice, canManage }: PracticeEndpointsProps) {
  return (
    <section aria-labelledby="endpoints" className="mt-8">
      <h2 id="endpoints" className="mb-1 text-lg font-semibold">
        {practice.name}
      </h2>
      <p className="mb-3 text-sm text-muted">
        {practice.checkedAt ? (
          <>
            Last compared with Hero at <Timestamp iso={practice.checkedAt} />
          </>
        ) : (
          "Not compared with Hero yet"
        )}
      </p>
      {practice.endpoints.length === 0 ? (
        <p className="text-muted">No webhooks are selected for this practice.</p>
      ) : (
        <TableFrame label={`Webhooks of ${practice.name}`}>
          <Table cardsOnPhones>
            <thead>
              <tr>
                <Th>Event</Th>
                <Th>State</Th>
                <Th>Received from Hero</Th>
                <Th>Signing key</Th>
                {canManage ? <Th>Actions</Th> : null}
              </tr>
            </thead>
            <tbody>
              {practice.endpoints.map((endpoint) => {
                const { label, tone } = endpointStateLabels[endpoint.state];
                const name = eventTypeLabel(endpoint.eventType);
                return (
                  <tr key={endpoint.id}>
                    <Td>
                      <Link
                        href={portalPath(scope, `/webhooks/endpoints/${endpoint.id}`)}
                        className="link font-medium"
                      >
                        {name}
                      </Link>
                      <code className="block text-xs text-muted">{endpoint.eventType}</code>
                    </Td>
                    <Td label="State">
                      <Badge tone={tone}>{label}</Badge>
                      {endpoint.failure ? (
                        <span className="mt-1 block max-w-80 text-sm text-muted">
                          {endpoint.failure}
                        </span>
                      ) : null}
                    </Td>
                    <Td label="Received" className="text-sm">
                      <ReceivedAt first={endpoint.firstVerifiedAt} last={endpoint.lastVerifiedAt} />
                    </Td>
                    <Td label="Signing key" className="text-sm">
                      {endpoint.keyCreatedAt ? (
                        <span className="sm:whitespace-nowrap">
                          <Timestamp iso={endpoint.keyCreatedAt} format="table" />
                        </span>
                      ) : (
                        "None yet"
                      )}
                      {endpoint.oldKeyAcceptedUntil ? (
                        <span className="block text-muted">
                          Old key accepted until{" "}
                          <Timestamp iso={endpoint.oldKeyAcceptedUntil} format="table" />
                        </span>
                      ) : null}
                    </Td>
                    {canManage ? (
                      <Td label="Actions">
                        <EndpointActions
                          scope={scope}
                          endpointId={endpoint.id}
                          label={name}
                          canRotate={endpoint.state === "active" && !endpoint.isRotating}
                        />
                      </Td>
                    ) : null}
                  </tr>
                );
              })}
            </tbody>
          </Table>
        </TableFrame>
      )}
    </section>
  );
}

function ReceivedAt({ first, last }: { first: string | null; last: string | null }) {
  if (!last) return <span className="text-muted">None yet</span>;
  return (
    <>
      <span className="block sm:whitespace-nowrap">
        Last <Timestamp iso={last} format="table" />
      </span>
      {first ? (
        <span className="block text-muted sm:whitespace-nowrap">
          First <Timestamp iso={first} format="table" />
        </span>
      ) : null}
    </>
  );
}
