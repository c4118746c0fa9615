"use client";

import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAct } from "@/components/form-kit/use-act";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";

/** For a link whose fate is unknown: find it out by reading Hero's list, or say what the practice said. */
export function SettleBox({ place, linkId }: { place: Place; linkId: string }) {
  const router = useRouter();
  const toast = useToast();
  const [url, setUrl] = useState("");
  const client = () => portalClient(place.tenant, place.environment);

  const settled = (state: string): "staying" => {
    toast(
      state === "failed"
        ? { tone: "info", title: "Settled: the link was not made" }
        : { tone: "success", title: "Settled: the link was made" },
    );
    router.refresh();
    return "staying";
  };
  const reading = useAct(async () =>
    settled((await client().links.settleByReading.mutate({ linkId })).state),
  );
  const made = useAct(async () =>
    settled((await client().links.settle.mutate({ linkId, url: url.trim() || undefined })).state),
  );
  const notMade = useAct(async () =>
    settled((await client().links.settle.mutate({ linkId })).state),
  );
  const pending = reading.pending || made.pending || notMade.pending;
  const problem = reading.problem ?? made.problem ?? notMade.problem;

  return (
    <section
      aria-labelledby="settle"
      className="mt-5 flex max-w-3xl flex-col gap-4 border-t border-line pt-5"
    >
      <h2 id="settle" className="text-lg font-semibold">
        Settle it
      </h2>
      <div className="flex flex-wrap items-center gap-3">
        <Button icon={<Search />} pending={pending} onClick={reading.run}>
          {reading.pending ? "Reading…" : "Read Hero's list"}
        </Button>
        <p className="text-sm text-muted">Asks for nothing to be made.</p>
      </div>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          made.run();
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
        <Button pending={pending} onClick={notMade.run}>
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
