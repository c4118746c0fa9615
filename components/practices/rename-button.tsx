"use client";

import { useState } from "react";
import dynamic from "next/dynamic";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { RenameProps } from "./rename-form";

const RenameForm = dynamic(() => import("./rename-form").then((module) => module.RenameForm), {
  ssr: false,
});

/** Opens the form for a practice's nickname. */
export function RenameButton(props: RenameProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        {props.nickname ? "Edit nickname" : "Add a nickname"}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Practice nickname"
        description="Shown in the portal instead of its name in Hero. Patients never see it."
      >
        <RenameForm {...props} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}
