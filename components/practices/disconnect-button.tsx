"use client";

import { Unplug } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { AlertDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import { formatCount } from "@/components/ui/format-count";

type DisconnectPreview = { liveLinks: number; practicesOnThisKey: number; webhooks: number };

type DisconnectButtonProps = { scope: PortalScope; practiceId: string; practiceName: string };

/** Disconnects a practice, after showing what is affected. */
export function DisconnectButton({ scope, practiceId, practiceName }: DisconnectButtonProps) {
  const router = useRouter();
  const toast = useToast();
  const [preview, setPreview] = useState<DisconnectPreview | null>(null);
  const [open, setOpen] = useState(false);

  const loadPreview = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    setPreview(await client.practices.previewDisconnect.query({ practiceId }));
    setOpen(true);
    return "staying";
  });
  const disconnect = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    const { webhooksLeft } = await client.practices.disconnect.mutate({ practiceId });
    toast(
      webhooksLeft === 0
        ? { tone: "success", title: `Disconnected ${practiceName}` }
        : {
            tone: "danger",
            title: `Disconnected ${practiceName}`,
            description: `Hero may still have ${formatCount(webhooksLeft, "webhook")}. Ask the practice to delete them in Hero.`,
          },
    );
    router.push(portalPath(scope, "/practices"));
    router.refresh();
    return "navigating";
  });

  return (
    <>
      <Button
        icon={<Unplug />}
        pending={loadPreview.pending}
        onClick={loadPreview.run}
        className="text-danger! hover:bg-danger-soft!"
      >
        {loadPreview.pending ? "Checking what is affected…" : "Disconnect"}
      </Button>
      {loadPreview.problem ? (
        <p role="alert" className="mt-2 text-sm text-danger">
          {loadPreview.problem}
        </p>
      ) : null}
      <AlertDialog
        open={open}
        onOpenChange={(next) => {
          setOpen(next);
          disconnect.clearProblem();
        }}
        title={`Disconnect ${practiceName}?`}
        description="The portal will stop using this practice. You can reconnect it with an API key."
        confirmLabel={disconnect.pending ? "Disconnecting…" : "Disconnect"}
        pending={disconnect.pending}
        onConfirm={disconnect.run}
      >
        {preview ? <Consequences {...preview} /> : null}
        {disconnect.problem ? (
          <div className="mt-4">
            <Notice tone="danger" role="alert" title="The practice was not disconnected">
              {disconnect.problem}
            </Notice>
          </div>
        ) : null}
      </AlertDialog>
    </>
  );
}

function Consequences({ liveLinks, practicesOnThisKey, webhooks }: DisconnectPreview) {
  const others = practicesOnThisKey - 1;
  return (
    <ul className="flex list-disc flex-col gap-1.5 pl-5">
      <li>
        {liveLinks === 0
          ? "It has no live links."
          : `${formatCount(liveLinks, "live link")} will keep working for patients, but you can no longer change, refresh or close ${liveLinks === 1 ? "it" : "them"} here.`}
      </li>
      <li>
        {others > 0
          ? `Its API key is kept because ${formatCount(others, "other practice uses", "other practices use")} it.`
          : "Its API key is deleted."}
      </li>
      {webhooks > 0 ? (
        <li>{`${formatCount(webhooks, "webhook")} will be deleted at Hero.`}</li>
      ) : null}
    </ul>
  );
}
