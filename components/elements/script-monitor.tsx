import type { PortalScope } from "@/components/shell/portal-path";
import { Badge } from "@/components/ui/badge";
import { Timestamp } from "@/components/ui/timestamp";
import { Notice } from "@/components/ui/notice";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { MonitoredScript } from "@/server/schemas/elements";
import { elementName } from "./element-name";
import { ScriptAlert } from "./script-alert";
import { formatBytes, scriptHeadingId, shortenHash } from "./script-labels";

type ScriptMonitorProps = {
  scope: PortalScope;
  scripts: readonly MonitoredScript[];
  canManage: boolean;
};

export function ScriptMonitor({ scope, scripts, canManage }: ScriptMonitorProps) {
  return (
    <section aria-labelledby="scripts">
      <h2 id="scripts" className="sr-only">
        Hero's scripts
      </h2>
      <div className="flex flex-col gap-6">
        {scripts.map((script) => (
          <ScriptSection key={script.url} scope={scope} script={script} canManage={canManage} />
        ))}
      </div>
    </section>
  );
}

type ScriptSectionProps = { scope: PortalScope; script: MonitoredScript; canManage: boolean };

function ScriptSection({ scope, script, canManage }: ScriptSectionProps) {
  const { tag, url, versions, lastSuccessAt, lastFailure } = script;
  return (
    <div className="flex flex-col gap-3">
      <div>
        <h3 id={scriptHeadingId(tag)} tabIndex={-1} className="w-fit font-semibold">
          {elementName(tag)}
        </h3>
        <p className="text-sm wrap-anywhere text-muted">{url}</p>
        <p className="text-sm text-muted">
          {lastSuccessAt ? (
            <>
              Last checked <Timestamp iso={lastSuccessAt} />
            </>
          ) : (
            "Not checked yet."
          )}
        </p>
      </div>
      <ScriptAlert scope={scope} script={script} canManage={canManage} />
      {lastFailure ? (
        <Notice tone="warning" title="The last check failed">
          {lastFailure} {versions.length > 0 ? "The last known version is shown." : ""}
        </Notice>
      ) : null}
      {versions.length > 0 ? <VersionTable script={script} /> : null}
    </div>
  );
}

/** The server's limit. A full list may not include the first version. */
const maxVersions = 20;

function VersionTable({ script: { tag, versions } }: { script: MonitoredScript }) {
  const [oldest] = versions.toSorted((a, b) => a.firstSeenAt.localeCompare(b.firstSeenAt));
  const firstSha256 = versions.length < maxVersions ? oldest?.sha256 : null;
  return (
    <TableFrame label={`Versions of the script of ${elementName(tag)}`}>
      <Table cardsOnPhones>
        <thead>
          <tr>
            <Th>Version</Th>
            <Th numeric>Size</Th>
            <Th>First seen</Th>
            <Th>Reviewed by</Th>
          </tr>
        </thead>
        <tbody>
          {versions.map(({ sha256, size, firstSeenAt, acknowledgedBy, acknowledgedAt }, index) => (
            <tr key={sha256}>
              <Td>
                <span className="flex flex-wrap items-center gap-2">
                  <code className="font-mono" title={`SHA-256 ${sha256}`}>
                    {shortenHash(sha256)}
                  </code>
                  {index === 0 ? (
                    <Badge tone="info" icon={null}>
                      Current
                    </Badge>
                  ) : null}
                </span>
              </Td>
              <Td numeric label="Size" className="whitespace-nowrap">
                {formatBytes(size)}
              </Td>
              <Td label="First seen" className="whitespace-nowrap">
                <Timestamp iso={firstSeenAt} format="table" />
              </Td>
              <Td label="Reviewed by">
                {acknowledgedAt ? (
                  <>
                    {acknowledgedBy}
                    <span className="block text-sm text-muted">
                      <Timestamp iso={acknowledgedAt} format="table" />
                    </span>
                  </>
                ) : (
                  <span className="text-muted">
                    {sha256 === firstSha256 ? "Not needed (first version)" : "Not reviewed"}
                  </span>
                )}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
