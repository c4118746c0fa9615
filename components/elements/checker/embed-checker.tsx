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
import type { DoctorFacts, Finding } from "../../../embed/doctor/page";
import { examine } from "../../../embed/doctor/rules";
import { FindingList } from "./finding-list";
import { parsePastedPage } from "./parse-pasted-page";

type EmbedCheckerProps = {
  addresses: { portal: string; elements: string; scripts: string; hero: string };
  environment: Environment;
  placements: readonly PlacementView[];
  /** The placement one came from, if any. */
  initialPlacementId: string | undefined;
};

/**
 * Looks at a pasted page and says what keeps an element from working in it. All of it happens in the
 * browser: what is pasted may hold patients' details, and is sent nowhere.
 */
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
  const facts: DoctorFacts = {
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
            setFindings(examine(parsePastedPage(input, Date.now()), facts));
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
                  <option value="">None: say nothing of origins</option>
                  {placements.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field label="Address of the page" name="origin" optionalMark>
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
            hint="From the network tab of the browser's tools, or of curl -sI."
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
          <Field label="HTML" name="html" hint="It is looked at in this browser and sent nowhere.">
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
          <div>
            <Button type="submit" variant="primary" disabled={isEmpty}>
              Examine the page
            </Button>
          </div>
        </form>
        <div role="status">
          {findings === null ? null : findings.length === 0 ? (
            <Notice tone="success" title="Nothing found">
              Nothing in what you pasted keeps the element from working. What only shows in the
              browser, the snippet below finds.
            </Notice>
          ) : (
            <p className="font-semibold">
              {findings.length === 1 ? "1 thing" : `${findings.length} things`} to look at
            </p>
          )}
        </div>
        {findings && findings.length > 0 ? <FindingList findings={findings} /> : null}
      </section>
      <SnippetSection facts={facts} />
    </div>
  );
}

/** The doctor to load in the page itself. */
function SnippetSection({ facts }: { facts: DoctorFacts }) {
  const snippet = [
    `<script src="${facts.portal}/embed/doctor-v1.js" crossorigin`,
    ...(facts.placement ? [`  data-placement="${facts.placement.id}"`] : []),
    `  data-env="${facts.env}"`,
    `  data-scripts="${facts.scriptHost}"`,
    `  data-hero="${facts.heroApi}"`,
    `  data-elements="${facts.elementsOrigin}"></script>`,
  ].join("\n");
  return (
    <section aria-labelledby="snippet" className="flex max-w-3xl flex-col gap-3">
      <h2 id="snippet" className="text-lg font-semibold">
        Or load the doctor in the page
      </h2>
      <p className="text-muted">
        Put this at the start of the page's head for a while. It shows what it finds in a corner of
        the page and sends nothing of the page anywhere. The page's policy must let scripts of the
        portal in; where no corner appears, that is the fault.
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
