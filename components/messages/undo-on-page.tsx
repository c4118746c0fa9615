"use client";

import { useRouter } from "next/navigation";
import { useCountdown } from "@/components/appointments/use-countdown";
import type { PortalScope } from "@/components/shell/portal-path";
import { useToast } from "@/components/ui/toast";
import type { MessageView } from "@/server/schemas/messages";
import { UndoCountdown } from "./undo-countdown";

/** The countdown on a message's own page, for whoever left or reloaded the page that sent it. */
export function UndoOnPage({ scope, message }: { scope: PortalScope; message: MessageView }) {
  const router = useRouter();
  const toast = useToast();
  return (
    <UndoCountdown
      scope={scope}
      message={message}
      seconds={useCountdown(message.sendAt) ?? 0}
      takesFocus={false}
      onUndone={({ state }) => {
        if (state === "cancelled") toast({ title: "Message undone. Nothing was sent" });
        router.refresh();
      }}
    />
  );
}
