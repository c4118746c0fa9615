"use client";

import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useToast } from "@/components/ui/toast";
import type { MessageTemplate } from "@/server/schemas/messages";

const TemplateForm = dynamic(
  () => import("./template-form").then((module) => module.TemplateForm),
  {
    ssr: false,
  },
);

/** Opens the form of a template; of a new one where `template` is null. */
export function EditTemplateButton({
  scope,
  template,
}: {
  scope: PortalScope;
  template: MessageTemplate | null;
}) {
  const router = useRouter();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  return (
    <>
      {template ? (
        <Button size="sm" onClick={() => setOpen(true)}>
          Edit<span className="sr-only"> {template.name}</span>
        </Button>
      ) : (
        <Button variant="primary" icon={<Plus />} onClick={() => setOpen(true)}>
          New template
        </Button>
      )}
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={template ? "Edit template" : "New template"}
        size="lg"
      >
        <TemplateForm
          scope={scope}
          template={template}
          onSaved={() => {
            setOpen(false);
            toast({ title: "Template saved" });
            router.refresh();
          }}
          onCancel={() => setOpen(false)}
        />
      </Dialog>
    </>
  );
}
