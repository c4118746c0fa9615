"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { AlertDialog, Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { Timestamp } from "@/components/ui/timestamp";
import type { DestinationView } from "@/server/schemas/destinations";
import { ShownSecretPanel } from "./shown-secret";

type SecretsCardProps = { scope: PortalScope; destination: DestinationView; canManage: boolean };

/** The secrets that sign, with the buttons that show one and rotate them. */
export function SecretsCard({ scope, destination, canManage }: SecretsCardProps) {
  const { id: destinationId, secrets } = destination;
  const router = useRouter();
  const [isConfirming, setIsConfirming] = useState(false);
  const [shown, setShown] = useState<{ secret: string; isNew: boolean } | null>(null);
  const { destinations } = portalClient(scope.tenant, scope.environment);
  const rotate = useAction(async () => {
    const { secret } = await destinations.rotateSecret.mutate({ destinationId });
    setIsConfirming(false);
    setShown({ secret, isNew: true });
    return "staying";
  });

  function close() {
    if (shown?.isNew) router.refresh();
    setShown(null);
  }

  return (
    <Card aria-labelledby="secrets">
      <CardHeader
        id="secrets"
        title="Signing secrets"
        description="Each event has a signature for every secret in this list."
        actions={
          canManage ? (
            <Button size="sm" onClick={() => setIsConfirming(true)}>
              Rotate the secret
            </Button>
          ) : null
        }
      />
      <ul className="divide-y divide-line">
        {secrets.map((secret, index) => (
          <li
            key={secret.id}
            className="flex flex-wrap items-center justify-between gap-2 py-2.5 first:pt-0 last:pb-0"
          >
            <span>
              {index === 0 ? "Current secret" : "Earlier secret"}
              <span className="block text-sm text-muted">
                Created <Timestamp iso={secret.createdAt} />
                {secret.validUntil ? (
                  <>
                    , signs until <Timestamp iso={secret.validUntil} />
                  </>
                ) : null}
              </span>
            </span>
            {canManage ? (
              <ShowSecretButton
                label={index === 0 ? "Show the current secret" : "Show the earlier secret"}
                load={async () =>
                  (await destinations.showSecret.mutate({ destinationId, secretId: secret.id }))
                    .secret
                }
                onShown={(value) => setShown({ secret: value, isNew: false })}
              />
            ) : null}
          </li>
        ))}
      </ul>
      <AlertDialog
        open={isConfirming}
        onOpenChange={(next) => {
          setIsConfirming(next);
          rotate.clearProblem();
        }}
        title="Rotate the secret?"
        description="Events are signed with the new secret from now on. They are also signed with the earlier one for 24 hours, so that you have time to update your server."
        confirmLabel={rotate.pending ? "Rotating…" : "Rotate"}
        pending={rotate.pending}
        onConfirm={rotate.run}
      >
        {rotate.problem ? (
          <Notice tone="danger" role="alert" title="The secret was not rotated">
            {rotate.problem}
          </Notice>
        ) : null}
      </AlertDialog>
      <Dialog
        open={shown !== null}
        onOpenChange={(next) => (next ? undefined : close())}
        title={shown?.isNew ? "New signing secret" : "Signing secret"}
        description="Showing a secret is recorded in the activity."
      >
        {shown ? <ShownSecretPanel secret={shown.secret} doneLabel="Done" onDone={close} /> : null}
      </Dialog>
    </Card>
  );
}

type ShowSecretButtonProps = {
  label: string;
  load: () => Promise<string>;
  onShown: (secret: string) => void;
};

function ShowSecretButton({ label, load, onShown }: ShowSecretButtonProps) {
  const show = useAction(async () => {
    onShown(await load());
    return "staying";
  });
  return (
    <span className="flex flex-col items-end gap-1">
      <Button
        size="sm"
        variant="quiet"
        aria-label={label}
        pending={show.pending}
        onClick={show.run}
      >
        {show.pending ? "Loading…" : "Show"}
      </Button>
      {show.problem ? (
        <span role="alert" className="text-sm text-danger">
          {show.problem}
        </span>
      ) : null}
    </span>
  );
}
