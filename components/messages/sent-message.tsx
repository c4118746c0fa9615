import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { formatTimestamp } from "@/server/schemas/dates";
import type { MessageView } from "@/server/schemas/messages";
import { canUndo } from "./labels";
import { UndoCountdown } from "./undo-countdown";
import { useSecondsLeft } from "./use-seconds-left";

type SentMessageProps = {
  scope: PortalScope;
  message: MessageView;
  /** When the request was made, by `performance.now()`. */
  requestedAt: number;
  onUndone: (message: MessageView) => void;
  onEnd: () => void;
};

/** After the button: the time to undo, or when the message is sent. */
export function SentMessage(props: SentMessageProps) {
  const { scope, message, requestedAt, onUndone, onEnd } = props;
  const delayMs = Date.parse(message.sendAt) - Date.parse(message.createdAt);
  const seconds = useSecondsLeft(requestedAt + delayMs);
  return (
    <Card aria-label="Message" className="flex max-w-3xl flex-col gap-4">
      {canUndo(message) ? (
        <UndoCountdown
          scope={scope}
          message={message}
          seconds={seconds}
          takesFocus
          onUndone={onUndone}
          onEnd={onEnd}
        />
      ) : (
        <Notice tone="success" title="Message scheduled" role="status">
          It is sent at {formatTimestamp(message.sendAt)}, UK time. You can cancel it on its page
          until then.
        </Notice>
      )}
      <p>
        <Link href={portalPath(scope, `/messages/${message.id}`)} className="link font-medium">
          Open the message
        </Link>
      </p>
    </Card>
  );
}
