"use client";

import { Undo2 } from "lucide-react";
import { useEffect, useRef } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/components/ui/format-count";
import type { MessageView } from "@/server/schemas/messages";

type UndoCountdownProps = {
  scope: PortalScope;
  message: MessageView;
  /** Until the server sends it. */
  seconds: number;
  /** Moves the focus to the button when the countdown appears: after the button that sent was pressed. */
  takesFocus: boolean;
  /** The message after an undo, or after one that came too late. */
  onUndone: (message: MessageView) => void;
  /** The time is over: the server does not stop the message any more. */
  onEnd?: () => void;
};

/**
 * The seconds in which a message can be undone. The server keeps the time: it sends nothing before, and refuses an
 * undo that comes too late. Screen readers hear the time once, not every second.
 */
export function UndoCountdown(props: UndoCountdownProps) {
  const { scope, message, seconds, takesFocus, onUndone, onEnd } = props;
  const hasEnded = seconds === 0;
  const button = useRef<HTMLButtonElement>(null);
  const text = useRef<HTMLParagraphElement>(null);
  const hadFocus = useRef(false);
  const undo = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    onUndone(await client.messages.undo.mutate({ messageId: message.id }));
    return "staying";
  });

  useEffect(() => {
    if (takesFocus) button.current?.focus();
  }, [takesFocus]);

  // The button goes away at the end, and the focus would go with it.
  const isUndoing = undo.pending;
  const hasButton = !hasEnded || isUndoing;
  useEffect(() => {
    if (!hasButton && hadFocus.current) text.current?.focus();
  }, [hasButton]);

  const onEndRef = useRef(onEnd);
  useEffect(() => {
    onEndRef.current = onEnd;
  });
  useEffect(() => {
    if (hasEnded && !isUndoing) onEndRef.current?.();
  }, [hasEnded, isUndoing]);

  const action = message.channel === "note" ? "Saving the note" : "Sending";
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border border-ending-line bg-ending-soft p-4">
      <p
        ref={text}
        tabIndex={-1}
        className="min-w-0 flex-1 basis-48 text-lg font-semibold text-ending outline-offset-4"
      >
        {hasEnded ? (
          `${action}…`
        ) : (
          <>
            {action} in{" "}
            <span role="timer" aria-live="off" className="tabular-nums">
              {formatCount(seconds, "second")}
            </span>
          </>
        )}
      </p>
      {hasButton ? (
        <Button
          ref={button}
          icon={<Undo2 />}
          pending={isUndoing}
          onClick={undo.run}
          onFocus={() => {
            hadFocus.current = true;
          }}
          onBlur={() => {
            hadFocus.current = false;
          }}
        >
          {isUndoing ? "Undoing…" : "Undo"}
        </Button>
      ) : null}
      <p role="status" className="sr-only">
        {hasEnded
          ? `The time to undo has ended. ${action}.`
          : "You can undo this until it is sent. Press Undo to stop it."}
      </p>
      {undo.problem ? (
        <p role="alert" className="w-full font-medium text-danger">
          {undo.problem}
        </p>
      ) : null}
    </div>
  );
}
