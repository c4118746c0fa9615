import type { PortalScope } from "@/components/shell/portal-path";
import { Badge } from "@/components/ui/badge";
import { Timestamp } from "@/components/ui/timestamp";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { ApiKeyView } from "@/server/schemas/api-keys";
import { RevokeKeyButton } from "./revoke-key-button";
import { describePermissions, maskedKey } from "./labels";

type KeyListProps = { scope: PortalScope; keys: readonly ApiKeyView[] };

/** The API keys of this environment. */
export function KeyList({ scope, keys }: KeyListProps) {
  return (
    <TableFrame label="API keys">
      <Table cardsOnPhones>
        <thead>
          <tr>
            <Th>Name</Th>
            <Th>Key</Th>
            <Th>Permissions</Th>
            <Th>Last used</Th>
            <Th>Created</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <Td>
                <span className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
                  {key.name}
                  {key.revokedAt ? <Badge tone="dead">Revoked</Badge> : null}
                </span>
              </Td>
              <Td label="Key">
                <code className="font-mono whitespace-nowrap text-muted">
                  {maskedKey(scope.environment, key.lastFour)}
                </code>
              </Td>
              <Td label="Permissions" className="sm:min-w-40">
                {describePermissions(key.permissions)}
              </Td>
              <Td label="Last used" className="whitespace-nowrap">
                {key.lastUsedAt ? (
                  <Timestamp iso={key.lastUsedAt} format="table" />
                ) : (
                  <span className="text-muted">Never</span>
                )}
              </Td>
              <Td label="Created" className="whitespace-nowrap">
                {key.createdBy}
                <span className="block text-sm text-muted">
                  <Timestamp iso={key.createdAt} format="table" />
                </span>
              </Td>
              <Td className="text-right max-sm:text-left">
                {key.revokedAt ? null : (
                  <RevokeKeyButton scope={scope} apiKeyId={key.id} name={key.name} />
                )}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
