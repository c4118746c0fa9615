"use client";

import { useRouter } from "next/navigation";
import { useLayoutEffect, useRef } from "react";
import { useCountdown } from "@/components/appointments/use-countdown";
import type { PortalScope } from "@/components/shell/portal-path";
import { useToast } from "@/components/ui/toast";
import type { MessageView } from "@/server/schemas/messages";
import { messageStateId } from "./labels";
import { UndoCountdown } from "./undo-countdown";

/** The countdown on a message's own page, for whoever left or reloaded the page that sent it. */
export function UndoOnPage({ scope, message }: { scope: PortalScope; message: MessageView }) {
  const router = useRouter();
  const toast = useToast();
  const container = useRef<HTMLDivElement>(null);
  // Before it is removed, because the message has left or was undone.
  useLayoutEffect(() => {
    const element = container.current;
    return () => {
      if (element?.contains(document.activeElement)) {
        document.getElementById(messageStateId)?.focus();
      }
    };
  }, []);
  return (
    <div ref={container}>
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
    </div>
  );
}
