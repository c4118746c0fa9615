"use client";

import { useRouter } from "next/navigation";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Timestamp } from "@/components/ui/timestamp";
import { useToast } from "@/components/ui/toast";
import type { LinkEvent } from "@/server/schemas/links/view";

type FoundOnListProps = {
  scope: PortalScope;
  linkId: string;
  events: readonly LinkEvent[];
  canEdit: boolean;
};

/** Says that a link's address is from Hero's list, which does not say who created it. */
export function FoundOnList({ scope, linkId, events, canEdit }: FoundOnListProps) {
  const router = useRouter();
  const toast = useToast();
  const reject = useAction(async () => {
    await portalClient(scope.tenant, scope.environment).links.resolve.mutate({ linkId });
    toast({ tone: "info", title: "Resolved: the link was not created" });
    router.refresh();
    return "staying";
  });
  const resolved = events.find(({ details }) => details.resolution !== undefined);
  if (resolved?.details.method !== "hero_list") return null;
  return (
    <Notice
      tone="info"
      title="Found on Hero's list"
      action={
        canEdit ? (
          <Button pending={reject.pending} onClick={reject.run}>
            Not our link
          </Button>
        ) : null
      }
    >
      <p>
        Hero's response was lost. We found this link by reading Hero's list on{" "}
        <Timestamp iso={resolved.occurredAt} />. Hero does not record who created a link. If it is
        not yours, say so before you close it. Nothing is sent to Hero.
      </p>
      {reject.problem ? <p role="alert">{reject.problem}</p> : null}
    </Notice>
  );
}
