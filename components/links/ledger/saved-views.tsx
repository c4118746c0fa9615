"use client";

import { BookmarkPlus, Trash2 } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient, toCallFailure } from "@/components/client";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useToast } from "@/components/ui/toast";
import type { SavedLinkView } from "@/server/schemas/links/list";
import { isFiltered, type LedgerParams, formatLedgerParams } from "./search-params";

type SavedViewsProps = {
  scope: PortalScope;
  params: LedgerParams;
  savedViews: readonly SavedLinkView[];
};

const builtinViews = [
  { name: "All", query: "" },
  { name: "Live", query: "state=live" },
  { name: "Ends soon", query: "state=ends_soon" },
  { name: "Unknown", query: "state=unknown" },
];

/** The filters of a view as address parameters; the selected practice is not part of it. */
const viewQueryOf = (params: LedgerParams) =>
  new URL(
    portalPath(
      { tenant: "t", environment: "sandbox" },
      "",
      formatLedgerParams({ ...params, practiceId: undefined }),
    ),
    "http://view",
  ).search.slice(1);

/** Views of the ledger: four built-in ones, and the person's own. */
export function SavedViews({ scope, params, savedViews }: SavedViewsProps) {
  const router = useRouter();
  const toast = useToast();
  const [isSaveDialogOpen, setIsSaveDialogOpen] = useState(false);
  const currentQuery = viewQueryOf(params);
  const currentView = savedViews.find(({ query }) => query === currentQuery);
  const isBuiltinView = builtinViews.some(({ query }) => query === currentQuery);

  const viewPath = (query: string) =>
    portalPath(scope, "/links", {
      practice: params.practiceId,
      ...Object.fromEntries(new URLSearchParams(query)),
    });

  async function deleteView(view: SavedLinkView) {
    const client = portalClient(scope.tenant, scope.environment);
    try {
      await client.links.deleteView.mutate({ viewId: view.id });
      toast({
        title: `View “${view.name}” deleted`,
        action: {
          label: "Undo",
          onClick: () => {
            const { name, query } = view;
            client.links.saveView.mutate({ name, query }).then(
              () => router.refresh(),
              (error: unknown) => toast({ tone: "danger", title: toCallFailure(error).message }),
            );
          },
        },
      });
      router.refresh();
    } catch (error) {
      toast({ tone: "danger", title: toCallFailure(error).message });
    }
  }

  return (
    <>
      <nav aria-label="Views" className="flex flex-col">
        {[...builtinViews, ...savedViews].map(({ name, query }) => (
          <Link
            key={`${name}?${query}`}
            href={viewPath(query)}
            aria-current={query === currentQuery ? "page" : undefined}
            className="flex min-h-8 items-center rounded-md px-2 hover:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-accent pointer-coarse:min-h-11"
          >
            {name}
          </Link>
        ))}
      </nav>
      {currentView ? (
        <Button
          variant="quiet"
          className="w-full justify-start! px-2!"
          icon={<Trash2 />}
          onClick={() => void deleteView(currentView)}
        >
          Delete view
        </Button>
      ) : !isBuiltinView && (isFiltered(params) || params.sort) ? (
        <Button
          variant="quiet"
          className="w-full justify-start! px-2!"
          icon={<BookmarkPlus />}
          onClick={() => setIsSaveDialogOpen(true)}
        >
          Save view
        </Button>
      ) : null}
      <SaveViewDialog
        scope={scope}
        query={currentQuery}
        open={isSaveDialogOpen}
        onDone={(name) => {
          setIsSaveDialogOpen(false);
          if (!name) return;
          toast({ tone: "success", title: `View “${name}” saved` });
          router.refresh();
        }}
      />
    </>
  );
}

type SaveViewDialogProps = {
  scope: PortalScope;
  query: string;
  open: boolean;
  /** Gets the name if the view was saved. */
  onDone: (name?: string) => void;
};

function SaveViewDialog({ scope, query, open, onDone }: SaveViewDialogProps) {
  const [name, setName] = useState("");
  const [nameError, setNameError] = useState<string>();
  const [pending, setPending] = useState(false);

  async function save() {
    setPending(true);
    setNameError(undefined);
    try {
      await portalClient(scope.tenant, scope.environment).links.saveView.mutate({ name, query });
      onDone(name);
      setName("");
    } catch (error) {
      const { fieldErrors, message } = toCallFailure(error);
      setNameError(fieldErrors.name ?? fieldErrors.query ?? message);
    }
    setPending(false);
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? undefined : onDone())}
      title="Save view"
      description="Only you can see it. It saves the filters, search words and sort order."
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
        <Field label="Name" name="viewName" error={nameError} required>
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
