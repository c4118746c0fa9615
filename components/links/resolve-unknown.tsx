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

/** For a link whose fate is unknown: find it out by reading Hero's list, or say what the practice said. */
export function ResolveUnknown({ scope, linkId }: { scope: PortalScope; linkId: string }) {
  const router = useRouter();
  const toast = useToast();
  const [url, setUrl] = useState("");
  const createClient = () => portalClient(scope.tenant, scope.environment);

  const reportResolved = (state: string): "staying" => {
    toast(
      state === "failed"
        ? { tone: "info", title: "Settled: the link was not made" }
        : { tone: "success", title: "Settled: the link was made" },
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
      aria-labelledby="settle"
      className="mt-5 flex max-w-3xl flex-col gap-4 border-t border-line pt-5"
    >
      <h2 id="settle" className="text-lg font-semibold">
        Settle it
      </h2>
      <div className="flex flex-wrap items-center gap-3">
        <Button icon={<Search />} pending={pending} onClick={reconcile.run}>
          {reconcile.pending ? "Reading…" : "Read Hero's list"}
        </Button>
        <p className="text-sm text-muted">Asks for nothing to be made.</p>
      </div>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          resolveAsCreated.run();
        }}
      >
        <Field
          label="The practice says it was made"
          name="madeUrl"
          hint="The address they see for it."
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
          It was made
        </Button>
        <Button pending={pending} onClick={resolveAsNotCreated.run}>
          It was not made
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
