"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import type { ShownBody } from "@/server/schemas/webhook-deliveries";

type DeliveryBodyProps = {
  scope: PortalScope;
  deliveryId: string;
  /** Null when the body was erased. */
  maskedBody: string | null;
  /** Bytes. */
  bodySize: number;
  canShow: boolean;
};

/** The body with what can be personal hidden, until a person shows it. */
export function DeliveryBody(props: DeliveryBodyProps) {
  const { scope, deliveryId, maskedBody, bodySize, canShow } = props;
  const [shown, setShown] = useState<ShownBody | null>(null);
  const show = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    setShown(await client.deliveries.showBody.mutate({ deliveryId }));
    return "staying";
  });
  const text = shown?.text ?? maskedBody;

  return (
    <Card aria-labelledby="body">
      <CardHeader
        id="body"
        title="Body"
        description={`${bodySize.toLocaleString("en-GB")} bytes. Possible patient details are hidden.${
          canShow ? " Showing it is recorded in the activity." : ""
        }`}
        actions={
          maskedBody === null ? null : shown ? (
            <>
              <CopyButton value={shown.text} label="Copy body" size="sm" />
              <Button size="sm" icon={<EyeOff />} onClick={() => setShown(null)}>
                Hide
              </Button>
            </>
          ) : canShow ? (
            <Button size="sm" icon={<Eye />} pending={show.pending} onClick={show.run}>
              {show.pending ? "Showing…" : "Show contents"}
            </Button>
          ) : null
        }
      />
      {show.problem ? (
        <div className="mb-3">
          <Notice tone="danger" role="alert" title="The contents were not shown">
            {show.problem}
          </Notice>
        </div>
      ) : null}
      {shown && !shown.isExact ? (
        <div className="mb-3">
          <Notice tone="warning" title="Some bytes are not text">
            They are shown as �. A signature over this text would not match.
          </Notice>
        </div>
      ) : null}
      {text === null ? (
        <p className="text-muted">The body has been erased. Bodies are kept for a limited time.</p>
      ) : (
        <pre
          // It scrolls sideways.
          tabIndex={0}
          aria-label="Body"
          role="region"
          className="overflow-x-auto rounded-md border border-line bg-sunken p-3 font-mono text-sm whitespace-pre-wrap wrap-anywhere"
        >
          {text}
        </pre>
      )}
    </Card>
  );
}
