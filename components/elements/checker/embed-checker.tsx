"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { Select } from "@/components/ui/select";
import { toHeroEnv } from "@/server/schemas/element-catalogue";
import type { Environment } from "@/server/schemas/environments";
import type { PlacementView } from "@/server/schemas/placements";
import type { CheckerConfig, Finding } from "@/embed/checker/page";
import { checkPage } from "@/embed/checker/rules";
import { FindingList } from "./finding-list";
import { parsePastedPage } from "./parse-pasted-page";

type EmbedCheckerProps = {
  addresses: { portal: string; elements: string; scripts: string; hero: string };
  environment: Environment;
  placements: readonly PlacementView[];
  initialPlacementId: string | undefined;
};

/** Checks a pasted page. It may hold patients' details, so it never leaves the browser. */
export function EmbedChecker({
  addresses,
  environment,
  placements,
  initialPlacementId,
}: EmbedCheckerProps) {
  const [placementId, setPlacementId] = useState(initialPlacementId ?? "");
  const [input, setInput] = useState({ origin: "", headers: "", html: "" });
  const [findings, setFindings] = useState<Finding[] | null>(null);
  const placement = placements.find(({ id }) => id === placementId);
  const config: CheckerConfig = {
    portal: addresses.portal,
    elementsOrigin: addresses.elements,
    scriptHost: addresses.scripts,
    heroApi: new URL(addresses.hero).origin,
    env: toHeroEnv(environment),
    placement: placement
      ? { id: placement.id, origins: placement.origins, isOn: placement.isOn }
      : null,
  };
  const isEmpty = input.headers.trim() === "" && input.html.trim() === "";
  const updateField = (field: keyof typeof input) => (text: string) => {
    setInput({ ...input, [field]: text });
    setFindings(null);
  };

  return (
    <div className="flex flex-col gap-10">
      <section aria-labelledby="paste" className="flex max-w-3xl flex-col gap-5">
        <h2 id="paste" className="text-lg font-semibold">
          Paste a page
        </h2>
        <form
          className="flex flex-col gap-5"
          onSubmit={(event) => {
            event.preventDefault();
            setFindings(checkPage(parsePastedPage(input, Date.now()), config));
          }}
        >
          <div className="grid gap-5 sm:grid-cols-2">
            <Field label="Placement" name="placement" optionalMark>
              {(ids) => (
                <Select
                  {...ids}
                  value={placementId}
                  onChange={(event) => {
                    setPlacementId(event.target.value);
                    setFindings(null);
                  }}
                >
                  <option value="">No placement (skip origin checks)</option>
                  {placements.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field label="Page address" name="origin" optionalMark>
              {(ids) => (
                <Input
                  {...ids}
                  value={input.origin}
                  placeholder="https://app.example.org"
                  autoComplete="off"
                  onChange={(event) => updateField("origin")(event.target.value)}
                />
              )}
            </Field>
          </div>
          <Field
            label="Response headers"
            name="headers"
            hint="Copy them from the browser's network tab, or from curl -sI."
          >
            {(ids) => (
              <Textarea
                {...ids}
                rows={6}
                spellCheck={false}
                className="font-mono"
                value={input.headers}
                onChange={(event) => updateField("headers")(event.target.value)}
              />
            )}
          </Field>
          <Field label="HTML" name="html" hint="Checked in your browser. Nothing is uploaded.">
            {(ids) => (
              <Textarea
                {...ids}
                rows={10}
                spellCheck={false}
                className="font-mono"
                value={input.html}
                onChange={(event) => updateField("html")(event.target.value)}
              />
            )}
          </Field>
          <div className="flex flex-wrap items-center gap-3">
            <Button
              type="submit"
              variant="primary"
              disabled={isEmpty}
              aria-describedby={isEmpty ? "nothing-to-check" : undefined}
            >
              Check page
            </Button>
            {isEmpty ? (
              <p id="nothing-to-check" className="text-sm text-muted">
                Enter response headers or HTML to check.
              </p>
            ) : null}
          </div>
        </form>
        <div role="status">
          {findings === null ? null : findings.length === 0 ? (
            <Notice tone="success" title="No problems found">
              Some problems only show in the browser. Use the snippet below to find them.
            </Notice>
          ) : (
            <p className="font-semibold">
              {findings.length === 1 ? "1 problem" : `${findings.length} problems`} found
            </p>
          )}
        </div>
        {findings && findings.length > 0 ? <FindingList findings={findings} /> : null}
      </section>
      <SnippetSection config={config} />
    </div>
  );
}

function SnippetSection({ config }: { config: CheckerConfig }) {
  const snippet = [
    `<script src="${config.portal}/embed/checker-v2.js" crossorigin`,
    ...(config.placement ? [`  data-placement="${config.placement.id}"`] : []),
    `  data-env="${config.env}"`,
    `  data-scripts="${config.scriptHost}"`,
    `  data-hero="${config.heroApi}"`,
    `  data-elements="${config.elementsOrigin}"></script>`,
  ].join("\n");
  return (
    <section aria-labelledby="snippet" className="flex max-w-3xl flex-col gap-3">
      <h2 id="snippet" className="text-lg font-semibold">
        Check in the browser
      </h2>
      <p className="text-muted">
        Add this at the start of the page's head while you test. Problems appear in a corner of the
        page, and nothing on the page is sent anywhere. If nothing appears, the content security
        policy blocks the portal's scripts.
      </p>
      <pre className="overflow-x-auto rounded-lg border border-line bg-sunken p-4 font-mono text-sm">
        <code>{snippet}</code>
      </pre>
      <div>
        <CopyButton value={snippet} label="Copy snippet" />
      </div>
    </section>
  );
}
