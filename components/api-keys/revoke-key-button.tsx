"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { AlertDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";

type RevokeKeyButtonProps = { scope: PortalScope; apiKeyId: string; name: string };

/** Revokes a key after confirmation. This cannot be undone. */
export function RevokeKeyButton({ scope, apiKeyId, name }: RevokeKeyButtonProps) {
  const router = useRouter();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const revoke = useAction(async () => {
    await portalClient(scope.tenant, scope.environment).apiKeys.revoke.mutate({ apiKeyId });
    toast({ tone: "success", title: `Revoked ${name}` });
    setOpen(false);
    router.refresh();
    return "staying";
  });
  return (
    <>
      <Button
        size="sm"
        aria-label={`Revoke ${name}`}
        onClick={() => setOpen(true)}
        className="text-danger! hover:bg-danger-soft!"
      >
        Revoke
      </Button>
      <AlertDialog
        open={open}
        onOpenChange={(next) => {
          setOpen(next);
          revoke.clearProblem();
        }}
        title={`Revoke ${name}?`}
        description="Requests with this key will fail immediately. This cannot be undone. Links created with it keep working."
        confirmLabel={revoke.pending ? "Revoking…" : "Revoke key"}
        pending={revoke.pending}
        onConfirm={revoke.run}
      >
        {revoke.problem ? (
          <Notice tone="danger" role="alert" title="The key was not revoked">
            {revoke.problem}
          </Notice>
        ) : null}
      </AlertDialog>
    </>
  );
}
