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
import { formatTimestamp } from "@/server/schemas/dates";
import type { MessageView } from "@/server/schemas/messages";

/** Stops a scheduled or held message. */
export function CancelMessage({ scope, message }: { scope: PortalScope; message: MessageView }) {
  const router = useRouter();
  const toast = useToast();
  const [isOpen, setOpen] = useState(false);
  const cancel = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    const cancelled = await client.messages.cancel.mutate({ messageId: message.id });
    setOpen(false);
    if (cancelled.state === "cancelled") toast({ title: "Message cancelled. Nothing was sent" });
    router.refresh();
    return "staying";
  });

  return (
    <>
      <Button
        variant="danger"
        onClick={() => {
          cancel.clearProblem();
          setOpen(true);
        }}
      >
        Cancel message
      </Button>
      <AlertDialog
        open={isOpen}
        onOpenChange={setOpen}
        title="Cancel this message?"
        description={
          message.state === "held"
            ? "Nothing has been sent, and nothing will be."
            : `It will not be sent at ${formatTimestamp(message.sendAt)}. To send it later, write it again.`
        }
        confirmLabel={cancel.pending ? "Cancelling…" : "Cancel message"}
        cancelLabel="Keep message"
        pending={cancel.pending}
        onConfirm={cancel.run}
      >
        {cancel.problem ? (
          <Notice tone="danger" title="The message is not cancelled" role="alert">
            {cancel.problem}
          </Notice>
        ) : null}
      </AlertDialog>
    </>
  );
}
