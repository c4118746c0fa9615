"use client";

import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { formatCount } from "@/components/ui/format-count";
import { Notice } from "@/components/ui/notice";
import { LocalDate } from "@/components/ui/timestamp";
import { ukDateOf } from "@/server/schemas/dates";
import type {
  FileLinkResult,
  FoundPatientRecord,
  PatientFiles as Files,
} from "@/server/schemas/patient-record";

/** The files of the clinical record, read when someone asks for them. */
export function PatientFiles({
  scope,
  record,
}: {
  scope: PortalScope;
  record: FoundPatientRecord;
}) {
  const { practice, patientId, actions } = record;
  const input = { practiceId: practice.id, patientId };
  const [list, setList] = useState<Files | null>(null);
  const { pending, problem, run } = useAction(async () => {
    setList(await portalClient(scope.tenant, scope.environment).patients.listFiles.mutate(input));
    return "staying";
  });
  const { isAvailable, reason } = actions.files;
  return (
    <Card aria-labelledby="files">
      <CardHeader
        id="files"
        title="Files"
        description="Files in the practice's clinical record."
        actions={
          isAvailable ? (
            <Button size="sm" pending={pending} onClick={run}>
              {pending ? "Reading…" : list ? "Refresh" : "List files"}
            </Button>
          ) : null
        }
      />
      {reason ? <p className="text-muted">{reason}</p> : null}
      <p role="alert" className="text-danger empty:hidden">
        {problem}
      </p>
      <div role="status">
        {list && list.files.length === 0 ? (
          <p className="text-muted">Hero lists no files for this patient.</p>
        ) : null}
        {list && !list.isComplete ? (
          <p className="mb-3 text-ending">Hero has more files than it listed.</p>
        ) : null}
      </div>
      {list ? (
        <ul className="divide-y divide-line">
          {list.files.map((file, index) => (
            <li key={file.id} className="py-3 first:pt-0 last:pb-0">
              <FileRow
                scope={scope}
                input={{ ...input, fileId: file.id }}
                name={file.name ?? `File ${index + 1}`}
                createdAt={file.createdAt}
              />
            </li>
          ))}
        </ul>
      ) : null}
    </Card>
  );
}

type FileRowProps = {
  scope: PortalScope;
  input: { practiceId: string; patientId: string; fileId: string };
  name: string;
  createdAt: string | null;
};

function FileRow({ scope, input, name, createdAt }: FileRowProps) {
  const [result, setResult] = useState<FileLinkResult | null>(null);
  const { pending, problem, run } = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    setResult(await client.patients.createFileLink.mutate(input));
    return "staying";
  });
  const date = createdAt === null ? null : new Date(createdAt);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <p className="font-medium wrap-anywhere">{name}</p>
          {date && !Number.isNaN(date.getTime()) ? (
            <p className="text-sm text-muted">
              <LocalDate date={ukDateOf(date)} />
            </p>
          ) : null}
        </div>
        <Button size="sm" pending={pending} onClick={run}>
          {pending ? "Creating…" : "Create link"}
          <span className="sr-only"> to {name}</span>
        </Button>
      </div>
      <div role="status">
        {result?.outcome === "created" ? (
          <div className="rounded-lg border border-line bg-sunken p-3">
            <p className="font-mono text-sm break-all">{result.url}</p>
            <p className="mt-1 mb-2 text-sm text-muted">
              For {formatCount(result.maxUses, "use")}, until the end of{" "}
              <LocalDate date={result.expiresOn} />. Anyone with this link can open the file. It is
              not kept here.
            </p>
            <CopyButton value={result.url} label={`Copy link to ${name}`} size="sm" />
          </div>
        ) : result ? (
          <Notice
            tone={result.outcome === "unknown" ? "warning" : "danger"}
            title={result.outcome === "unknown" ? "No response from Hero" : "No link was created"}
          >
            {result.reason}
          </Notice>
        ) : null}
      </div>
      <p role="alert" className="text-danger empty:hidden">
        {problem}
      </p>
    </div>
  );
}
