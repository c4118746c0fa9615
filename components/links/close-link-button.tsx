"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { AlertDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import { useAct } from "@/components/form-kit/use-act";

/** Closes a link, after saying what that is and is not. */
export function CloseLinkButton({ place, linkId }: { place: Place; linkId: string }) {
  const router = useRouter();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const { pending, problem, run, forget } = useAct(async () => {
    await portalClient(place.tenant, place.environment).links.close.mutate({ linkId });
    setOpen(false);
    toast({ tone: "success", title: "Link closed" });
    router.refresh();
    return "staying";
  });
  return (
    <>
      <Button onClick={() => setOpen(true)}>Close link</Button>
      <AlertDialog
        open={open}
        onOpenChange={(next) => {
          setOpen(next);
          forget();
        }}
        title="Close this link?"
        description="Hero documents no way to delete a link. Closing sets its expiry to yesterday, which stops new bookings at once."
        confirmLabel={pending ? "Closing…" : "Close link"}
        cancelLabel="Keep it open"
        pending={pending}
        onConfirm={run}
      >
        <ul className="flex list-disc flex-col gap-1.5 pl-5">
          <li>Bookings already made stay.</li>
          <li>A closed link cannot be opened again; make a new one instead.</li>
        </ul>
        {problem ? (
          <div className="mt-4">
            <Notice tone="danger" role="alert" title="The link was not closed">
              {problem}
            </Notice>
          </div>
        ) : null}
      </AlertDialog>
    </>
  );
}
