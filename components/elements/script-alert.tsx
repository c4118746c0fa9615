"use client";

import { useRouter } from "next/navigation";
import { portalClient } from "@/components/client";
import { useAct } from "@/components/form-kit/use-act";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import type { WatchedScript } from "@/server/schemas/elements";
import { elementName } from "./element-name";
import { bytes, scriptHeadingId, shortHash } from "./script-words";

type ScriptAlertProps = { place: Place; script: WatchedScript; canManage: boolean };

/** Asks the organisation to look at a script that Hero changed; nothing once somebody has. */
export function ScriptAlert({ place, script, canManage }: ScriptAlertProps) {
  const router = useRouter();
  const toast = useToast();
  const [now, before] = script.versions;
  const acknowledge = useAct(async () => {
    if (!now) return "staying";
    await portalClient(place.tenant, place.environment).elements.acknowledgeScript.mutate({
      url: script.url,
      sha256: now.sha256,
    });
    toast({ tone: "success", title: "Noted that you looked at it" });
    // The button goes with the alert.
    document.getElementById(scriptHeadingId(script.tag))?.focus();
    router.refresh();
    return "staying";
  });
  if (!script.needsLook || !now) return null;
  return (
    <Notice
      tone="warning"
      title={`Hero changed the script of ${elementName(script.tag)}`}
      action={
        canManage ? (
          <Button onClick={acknowledge.run} pending={acknowledge.pending}>
            {acknowledge.pending ? "Noting…" : "I have looked at it"}
          </Button>
        ) : undefined
      }
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        {before ? <Version name="Before" version={before} /> : null}
        <Version name="Now" version={now} />
      </dl>
      <p className="mt-2">
        Try the pages that show it, and see that a message still arrives.
        {canManage ? "" : " An owner, admin or developer can note that it was looked at."}
      </p>
      {acknowledge.problem ? (
        <div className="mt-3">
          <Notice tone="danger" role="alert" title="It was not noted">
            {acknowledge.problem}
          </Notice>
        </div>
      ) : null}
    </Notice>
  );
}

type VersionProps = { name: string; version: WatchedScript["versions"][number] };

function Version({ name, version: { sha256, size } }: VersionProps) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd>
        <code className="font-mono" title={`SHA-256 ${sha256}`}>
          {shortHash(sha256)}
        </code>{" "}
        {bytes(size)}
      </dd>
    </>
  );
}
