"use client";

import { useState } from "react";
import dynamic from "next/dynamic";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { ChangeDetailsProps } from "./change-details-form";

const ChangeDetailsForm = dynamic(
  () => import("./change-details-form").then((module) => module.ChangeDetailsForm),
  { ssr: false },
);

/** Opens the form for the practice's name and address at Hero. */
export function ChangeDetailsButton(props: ChangeDetailsProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        Edit name and address
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Name and address in Hero"
        description="Everyone who uses this practice in Hero sees the change, and so do its patients."
        size="lg"
      >
        <ChangeDetailsForm {...props} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}
