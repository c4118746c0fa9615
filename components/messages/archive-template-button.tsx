"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { AlertDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import type { MessageTemplate } from "@/server/schemas/messages";

/** Removes a template from the list. Messages that were sent with it do not change. */
export function ArchiveTemplateButton({
  scope,
  template,
}: {
  scope: PortalScope;
  template: MessageTemplate;
}) {
  const router = useRouter();
  const toast = useToast();
  const [isOpen, setOpen] = useState(false);
  const archive = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    await client.messageTemplates.archive.mutate({ templateId: template.id });
    setOpen(false);
    toast({ title: "Template archived" });
    router.refresh();
    return "staying";
  });
  return (
    <>
      <Button
        size="sm"
        variant="quiet"
        onClick={() => {
          archive.clearProblem();
          setOpen(true);
        }}
      >
        Archive<span className="sr-only"> {template.name}</span>
      </Button>
      <AlertDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Archive “${template.name}”?`}
        description="Nobody can select it any more. Messages that were sent with it do not change."
        confirmLabel={archive.pending ? "Archiving…" : "Archive template"}
        cancelLabel="Keep template"
        pending={archive.pending}
        onConfirm={archive.run}
      >
        {archive.problem ? (
          <Notice tone="danger" title="The template is not archived" role="alert">
            {archive.problem}
          </Notice>
        ) : null}
      </AlertDialog>
    </>
  );
}
