"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAct } from "@/components/form-kit/use-act";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { AlertDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";

type RevokeKeyButtonProps = { place: Place; apiKeyId: string; name: string };

/** Asks, and revokes a key: there is no way back, since nobody has the key but its owner. */
export function RevokeKeyButton({ place, apiKeyId, name }: RevokeKeyButtonProps) {
  const router = useRouter();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const revoke = useAct(async () => {
    await portalClient(place.tenant, place.environment).apiKeys.revoke.mutate({ apiKeyId });
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
          revoke.forget();
        }}
        title={`Revoke ${name}?`}
        description="The next request with it is refused, and it cannot be brought back. Links made with it stay."
        confirmLabel={revoke.pending ? "Revoking…" : "Revoke the key"}
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
