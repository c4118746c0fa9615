"use client";

import { useRouter } from "next/navigation";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import type { MonitoredScript } from "@/server/schemas/elements";
import { elementName } from "./element-name";
import { formatBytes, scriptHeadingId, shortenHash } from "./script-labels";
import { whoCan } from "@/server/schemas/permissions";

type ScriptAlertProps = { scope: PortalScope; script: MonitoredScript; canManage: boolean };

/** Shown until someone has reviewed the change. */
export function ScriptAlert({ scope, script, canManage }: ScriptAlertProps) {
  const router = useRouter();
  const toast = useToast();
  const [latest, previous] = script.versions;
  const acknowledge = useAction(async () => {
    if (!latest) return "staying";
    await portalClient(scope.tenant, scope.environment).elements.acknowledgeScript.mutate({
      url: script.url,
      sha256: latest.sha256,
    });
    toast({ tone: "success", title: "Marked as reviewed" });
    // The alert disappears with the focused button.
    document.getElementById(scriptHeadingId(script.tag))?.focus();
    router.refresh();
    return "staying";
  });
  if (!script.needsReview || !latest) return null;
  return (
    <Notice
      tone="warning"
      title={`Hero changed the script of ${elementName(script.tag)}`}
      action={
        canManage ? (
          <Button onClick={acknowledge.run} pending={acknowledge.pending}>
            {acknowledge.pending ? "Saving…" : "Mark as reviewed"}
          </Button>
        ) : undefined
      }
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        {previous ? <VersionRow name="Previous" version={previous} /> : null}
        <VersionRow name="Current" version={latest} />
      </dl>
      <p className="mt-2">
        Test the pages that use it, and check that messages still arrive.
        {canManage ? "" : ` ${whoCan("elements.manage", "mark it as reviewed")}`}
      </p>
      {acknowledge.problem ? (
        <div className="mt-3">
          <Notice tone="danger" role="alert" title="Could not mark as reviewed">
            {acknowledge.problem}
          </Notice>
        </div>
      ) : null}
    </Notice>
  );
}

type VersionRowProps = { name: string; version: MonitoredScript["versions"][number] };

function VersionRow({ name, version: { sha256, size } }: VersionRowProps) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd>
        <code className="font-mono" title={`SHA-256 ${sha256}`}>
          {shortenHash(sha256)}
        </code>{" "}
        {formatBytes(size)}
      </dd>
    </>
  );
}
