"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import type { AutomatedMessageText } from "@/server/schemas/automated-messages";

type ShowAutomatedTextProps = {
  scope: PortalScope;
  practiceId: string;
  automatedMessageId: string;
};

/** The text of a message that Hero sends by itself, on request. Each time is audited. */
export function ShowAutomatedText({
  scope,
  practiceId,
  automatedMessageId,
}: ShowAutomatedTextProps) {
  const [content, setContent] = useState<AutomatedMessageText | null>(null);
  const show = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    setContent(await client.automatedMessages.show.mutate({ practiceId, automatedMessageId }));
    return "staying";
  });
  return (
    <div className="flex flex-col items-start gap-2">
      {content ? (
        <p className="wrap-anywhere whitespace-pre-wrap">
          {content.text ?? "Hero does not give the text."}
        </p>
      ) : null}
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
  );
}
