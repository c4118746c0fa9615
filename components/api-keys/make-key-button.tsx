"use client";

import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { environmentNames } from "@/server/schemas/environments";
import { NewKey } from "./new-key";

const MakeKeyForm = dynamic(() => import("./make-key-form").then((module) => module.MakeKeyForm), {
  ssr: false,
});

/** Opens the form for a key, and then shows the key this once. */
export function MakeKeyButton({ place }: { place: Place }) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<string | null>(null);

  function close() {
    setOpen(false);
    if (made) router.refresh();
  }

  return (
    <>
      <Button
        variant="primary"
        icon={<Plus />}
        onClick={() => {
          setMade(null);
          setOpen(true);
        }}
      >
        Make a key
      </Button>
      <Dialog
        open={open}
        onOpenChange={(next) => (next ? setOpen(true) : close())}
        title={made ? "Store the key now" : "Make an API key"}
        description={
          made
            ? "It is shown this once and cannot be shown again."
            : `For your own server, in ${environmentNames[place.environment]} only.`
        }
      >
        {made ? (
          <NewKey value={made} onDone={close} />
        ) : (
          <MakeKeyForm place={place} onMade={setMade} onClose={close} />
        )}
      </Dialog>
    </>
  );
}
