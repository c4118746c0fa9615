"use client";

import { useRouter } from "next/navigation";
import { useCountdown } from "@/components/appointments/use-countdown";
import type { PortalScope } from "@/components/shell/portal-path";
import type { MessageView } from "@/server/schemas/messages";
import { UndoCountdown } from "./undo-countdown";

/** The countdown on a message's own page, for whoever left or reloaded the page that sent it. */
export function UndoOnPage({ scope, message }: { scope: PortalScope; message: MessageView }) {
  const router = useRouter();
  return (
    <UndoCountdown
      scope={scope}
      message={message}
      seconds={useCountdown(message.sendAt) ?? 0}
      takesFocus={false}
      onUndone={() => router.refresh()}
    />
  );
}
