"use client";

import { BookmarkPlus, Trash2 } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient, readFailure } from "@/components/client";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useToast } from "@/components/ui/toast";
import type { LinkSavedView } from "@/server/schemas/links";
import { isNarrowed, type LedgerAddress, ledgerQuery } from "./address";

type ViewsProps = { place: Place; address: LedgerAddress; saved: readonly LinkSavedView[] };

const standing = [
  { name: "All", query: "" },
  { name: "Live", query: "state=live" },
  { name: "Ends soon", query: "state=ends_soon" },
  { name: "Unknown", query: "state=unknown" },
];

/** A view in an address, with the practice that is chosen left to itself. */
const queryOf = (address: LedgerAddress) =>
  new URL(
    portalPath(
      { tenant: "t", environment: "sandbox" },
      "",
      ledgerQuery({ ...address, practiceId: undefined }),
    ),
    "http://view",
  ).search.slice(1);

/** Ways of looking at the ledger: four that everybody has, and a person's own. */
export function Views({ place, address, saved }: ViewsProps) {
  const router = useRouter();
  const toast = useToast();
  const [isNaming, setIsNaming] = useState(false);
  const current = queryOf(address);
  const shown = saved.find(({ query }) => query === current);
  const isStanding = standing.some(({ query }) => query === current);

  const pathOf = (query: string) =>
    portalPath(place, "/links", {
      practice: address.practiceId,
      ...Object.fromEntries(new URLSearchParams(query)),
    });

  async function remove(view: LinkSavedView) {
    const client = portalClient(place.tenant, place.environment);
    try {
      await client.links.deleteView.mutate({ viewId: view.id });
      toast({
        title: `View “${view.name}” deleted`,
        action: {
          label: "Undo",
          onClick: () => {
            const { name, query } = view;
            void client.links.saveView.mutate({ name, query }).then(() => router.refresh());
          },
        },
      });
      router.refresh();
    } catch (error) {
      toast({ tone: "danger", title: readFailure(error).message });
    }
  }

  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-1 gap-y-2 border-b border-line print:hidden">
      <nav aria-label="Views" className="-mb-px flex min-w-0 flex-wrap gap-x-1">
        {[...standing, ...saved].map(({ name, query }) => (
          <Link
            key={`${name}?${query}`}
            href={pathOf(query)}
            aria-current={query === current ? "page" : undefined}
            className="inline-flex min-h-9 items-center border-b-2 border-transparent px-2.5 text-muted hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink pointer-coarse:min-h-11"
          >
            {name}
          </Link>
        ))}
      </nav>
      {shown ? (
        <Button size="sm" variant="quiet" icon={<Trash2 />} onClick={() => void remove(shown)}>
          Delete view
        </Button>
      ) : !isStanding && (isNarrowed(address) || address.sort) ? (
        <Button size="sm" variant="quiet" icon={<BookmarkPlus />} onClick={() => setIsNaming(true)}>
          Save view
        </Button>
      ) : null}
      <SaveDialog
        place={place}
        query={current}
        open={isNaming}
        onDone={(name) => {
          setIsNaming(false);
          if (!name) return;
          toast({ tone: "success", title: `View “${name}” saved` });
          router.refresh();
        }}
      />
    </div>
  );
}

type SaveDialogProps = {
  place: Place;
  query: string;
  open: boolean;
  /** With the name when it was saved. */
  onDone: (name?: string) => void;
};

function SaveDialog({ place, query, open, onDone }: SaveDialogProps) {
  const [name, setName] = useState("");
  const [fault, setFault] = useState<string>();
  const [pending, setPending] = useState(false);

  async function save() {
    setPending(true);
    setFault(undefined);
    try {
      await portalClient(place.tenant, place.environment).links.saveView.mutate({ name, query });
      onDone(name);
      setName("");
    } catch (error) {
      const { fieldErrors, message } = readFailure(error);
      setFault(fieldErrors.name ?? fieldErrors.query ?? message);
    }
    setPending(false);
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? undefined : onDone())}
      title="Save this view"
      description="Only you see it. It keeps the filters, the words and the order."
      footer={
        <>
          <Button onClick={() => onDone()}>Cancel</Button>
          <Button variant="primary" type="submit" form="save-view" pending={pending}>
            Save view
          </Button>
        </>
      }
    >
      <form
        id="save-view"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label="Name" name="viewName" error={fault} required>
          {(ids) => (
            <Input
              {...ids}
              value={name}
              maxLength={40}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
