"use client";

import { useState } from "react";
import dynamic from "next/dynamic";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { ReplaceKeyProps } from "./replace-key-form";

const ReplaceKeyForm = dynamic(
  () => import("./replace-key-form").then((module) => module.ReplaceKeyForm),
  { ssr: false },
);

/** Opens the form that replaces a key. */
export function ReplaceKeyButton(props: ReplaceKeyProps) {
  const [open, setOpen] = useState(false);
  const { practiceNames } = props;
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        Replace key
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Replace API key"
        description={
          practiceNames.length === 1
            ? `${practiceNames[0]} will use the new key.`
            : `${practiceNames.length} practices will use the new key: ${practiceNames.join(", ")}.`
        }
      >
        <ReplaceKeyForm {...props} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}
