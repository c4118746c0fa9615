"use client";

import { useEffect, useRef } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";

type SensitiveContactProps = {
  scope: PortalScope;
  patient: { practiceId: string; patientId: string };
  isSensitive: boolean;
  onChanged: () => void;
};

/** Marks a patient whose texts or emails others may read, or removes the mark. */
export function SensitiveContact(props: SensitiveContactProps) {
  const { scope, patient, isSensitive, onChanged } = props;
  const toast = useToast();
  const button = useRef<HTMLButtonElement>(null);
  const isChanged = useRef(false);
  const change = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    await client.messages.setSensitive.mutate({ ...patient, isSensitive: !isSensitive });
    isChanged.current = true;
    toast({ title: isSensitive ? "Mark removed" : "Marked as a sensitive contact" });
    onChanged();
    return "staying";
  });
  // The button that was pressed is replaced by the one that does the opposite.
  useEffect(() => {
    if (isChanged.current) button.current?.focus();
    isChanged.current = false;
  }, [isSensitive]);
  const problem = change.problem ? (
    <p role="alert" className="text-sm text-danger">
      {change.problem}
    </p>
  ) : null;
  if (isSensitive) {
    return (
      <Notice
        tone="warning"
        title="Sensitive contact"
        action={
          <Button ref={button} size="sm" pending={change.pending} onClick={change.run}>
            {change.pending ? "Saving…" : "Remove mark"}
          </Button>
        }
      >
        Other people may read this patient&apos;s texts and emails. Messages go to the NHS App only,
        without a fallback.
        {problem}
      </Notice>
    );
  }
  return (
    <div className="flex flex-col items-start gap-1.5 border-t border-line pt-4">
      <Button ref={button} size="sm" variant="quiet" pending={change.pending} onClick={change.run}>
        {change.pending ? "Saving…" : "Mark as a sensitive contact"}
      </Button>
      <p className="text-sm text-muted">
        For patients whose texts or emails other people may read. Messages then go to the NHS App
        only.
      </p>
      {problem}
    </div>
  );
}
