"use client";

import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { environmentNames } from "@/server/schemas/environment-names";
import type { Permission } from "@/server/schemas/permissions";
import { NewKey } from "./new-key";

const CreateKeyForm = dynamic(
  () => import("./create-key-form").then((module) => module.CreateKeyForm),
  {
    ssr: false,
  },
);

/** Opens the form for a new key, then shows the key once. */
export function CreateKeyButton({
  scope,
  permissions,
}: {
  scope: PortalScope;
  permissions: readonly Permission[];
}) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [createdKey, setCreatedKey] = useState<string | null>(null);

  function close() {
    setOpen(false);
    if (createdKey) router.refresh();
  }

  return (
    <>
      <Button
        variant="primary"
        icon={<Plus />}
        onClick={() => {
          setCreatedKey(null);
          setOpen(true);
        }}
      >
        Create an API key
      </Button>
      <Dialog
        open={open}
        onOpenChange={(next) => (next ? setOpen(true) : close())}
        title={createdKey ? "API key created" : "Create an API key"}
        description={
          createdKey
            ? "Copy it now. You will not be able to see it again."
            : `For your own server. It only works in ${environmentNames[scope.environment]}.`
        }
      >
        {createdKey ? (
          <NewKey value={createdKey} onDone={close} />
        ) : (
          <CreateKeyForm
            scope={scope}
            permissions={permissions}
            onCreated={setCreatedKey}
            onClose={close}
          />
        )}
      </Dialog>
    </>
  );
}
