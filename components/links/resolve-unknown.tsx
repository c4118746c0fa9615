"use client";

import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";

/** Resolves an unknown link, from Hero's list or from what the practice reported. */
export function ResolveUnknown({ scope, linkId }: { scope: PortalScope; linkId: string }) {
  const router = useRouter();
  const toast = useToast();
  const [url, setUrl] = useState("");
  const createClient = () => portalClient(scope.tenant, scope.environment);

  const reportResolved = (state: string): "staying" => {
    toast(
      state === "failed"
        ? { tone: "info", title: "Resolved: the link was not created" }
        : { tone: "success", title: "Resolved: the link was created" },
    );
    router.refresh();
    return "staying";
  };
  const reconcile = useAction(async () =>
    reportResolved((await createClient().links.reconcile.mutate({ linkId })).state),
  );
  const resolveAsCreated = useAction(async () =>
    reportResolved(
      (await createClient().links.resolve.mutate({ linkId, url: url.trim() || undefined })).state,
    ),
  );
  const resolveAsNotCreated = useAction(async () =>
    reportResolved((await createClient().links.resolve.mutate({ linkId })).state),
  );
  const pending = reconcile.pending || resolveAsCreated.pending || resolveAsNotCreated.pending;
  const problem = reconcile.problem ?? resolveAsCreated.problem ?? resolveAsNotCreated.problem;

  return (
    <section
      aria-labelledby="resolve-link"
      className="mt-5 flex max-w-3xl flex-col gap-4 border-t border-line pt-5"
    >
      <h2 id="resolve-link" className="text-lg font-semibold">
        Resolve this link
      </h2>
      <div className="flex flex-wrap items-center gap-3">
        <Button icon={<Search />} pending={pending} onClick={reconcile.run}>
          {reconcile.pending ? "Checking…" : "Check with Hero"}
        </Button>
        <p className="text-sm text-muted">This does not create a link.</p>
      </div>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          resolveAsCreated.run();
        }}
      >
        <Field
          label="Address from the practice"
          name="createdUrl"
          hint="If the practice can see the link in Hero, enter its address."
          className="min-w-0 flex-1 basis-72"
        >
          {(ids) => (
            <Input
              {...ids}
              mono
              required
              inputMode="url"
              autoComplete="off"
              placeholder="https://"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" pending={pending}>
          Mark as created
        </Button>
        <Button pending={pending} onClick={resolveAsNotCreated.run}>
          Mark as not created
        </Button>
      </form>
      {problem ? (
        <Notice tone="warning" role="alert" title="Still unknown">
          {problem}
        </Notice>
      ) : null}
    </section>
  );
}
