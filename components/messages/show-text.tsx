"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import type { MessageContent } from "@/server/schemas/messages";

type ShowTextProps = {
  scope: PortalScope;
  of: { messageId: string } | { batchId: string };
  hasText: boolean;
};

/** The text of a message or a batch, encrypted until someone chooses to see it. Each time is audited. */
export function ShowText({ scope, of, hasText }: ShowTextProps) {
  const [content, setContent] = useState<MessageContent | null>(null);
  const show = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    setContent(
      "batchId" in of
        ? await client.messageBatches.showText.mutate(of)
        : await client.messages.showText.mutate(of),
    );
    return "staying";
  });
  const isErased = !hasText || (content !== null && content.text === null);
  return (
    <Card aria-labelledby="message-text">
      <CardHeader
        id="message-text"
        title="Text"
        description={
          isErased
            ? "The text was deleted after the message ended. Hero keeps what was sent."
            : "Stored encrypted, and deleted some time after the message has ended. Showing it is recorded in the activity log."
        }
      />
      {content?.text ? (
        <div className="mb-4 rounded-lg border border-line bg-sunken p-4">
          <p className="wrap-anywhere whitespace-pre-wrap">{content.text}</p>
        </div>
      ) : null}
      {isErased ? null : (
        <div className="flex flex-wrap items-center gap-3">
          <Button
            size="sm"
            icon={content ? <EyeOff /> : <Eye />}
            aria-pressed={content !== null}
            pending={show.pending}
            onClick={() => (content ? setContent(null) : show.run())}
          >
            {content ? "Hide text" : "Show text"}
          </Button>
          {show.problem ? (
            <p role="alert" className="text-sm text-danger">
              {show.problem}
            </p>
          ) : null}
        </div>
      )}
    </Card>
  );
}
