import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Timestamp } from "@/components/ui/timestamp";
import type { MessageView } from "@/server/schemas/messages";
import { explainState, messageStateId } from "./labels";
import { MessageStateBadge } from "./state-badge";

/** The state in words, and what a person can do where the portal cannot know or decide more. */
export function MessageStatus({
  message,
  children,
}: {
  message: MessageView;
  children?: ReactNode;
}) {
  const { state, reason, refreshedAt, practice } = message;
  return (
    <Card id={messageStateId} tabIndex={-1} aria-label="State">
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-3">
          <MessageStateBadge state={state} />
          <p className="min-w-0 flex-1 basis-64">{explainState(message)}</p>
        </div>
        {state === "held" ? (
          <Notice tone="danger" title="Why it is held">
            <p>{reason}</p>
            <p className="mt-1">
              Write a new message if the patient still needs one, so that it is checked again. Then
              cancel this one.
            </p>
          </Notice>
        ) : state === "unknown" ? (
          <Notice tone="warning" title={`What to check with ${practice.name}`}>
            <p>{reason}</p>
            <p className="mt-1">
              Ask whether Hero shows this message for the patient. The portal does not send it
              again, because the patient could receive it twice. Write a new message only if the
              practice has no trace of this one.
            </p>
          </Notice>
        ) : reason ? (
          <Notice
            tone={state === "failed" ? "danger" : "warning"}
            title={state === "failed" ? "Why it failed" : "What is known"}
          >
            {reason}
          </Notice>
        ) : null}
        {children}
        {refreshedAt ? (
          <p className="text-sm text-muted">
            Read from Hero at <Timestamp iso={refreshedAt} />.
          </p>
        ) : null}
      </div>
    </Card>
  );
}
