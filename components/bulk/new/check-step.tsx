"use client";

import { Download } from "lucide-react";
import { count } from "@/components/practices/words";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Summary } from "../reader/check-table";
import type { AskReader } from "../reader/use-reader";
import { saveFile } from "@/components/ui/save-file";
import { Figure, Figures } from "../figures";
import { BadCells } from "./bad-cells";

type CheckStepProps = {
  ask: AskReader;
  summary: Summary;
  headings: readonly string[];
  allowsRepeats: boolean;
  onRepeats: (allows: boolean) => void;
  onMake: () => void;
  /** True once the good rows are being gone on with. */
  isDone: boolean;
};

/** What the check found, and the two ways on: make the good rows, take the bad ones back. */
export function CheckStep(props: CheckStepProps) {
  const { ask, summary, headings, allowsRepeats, onRepeats, onMake, isDone } = props;
  const { good, bad, blank, repeatedPatients } = summary;

  async function download() {
    saveFile(await ask("badFile", {}), "rows-to-mend.csv");
  }

  return (
    <Card aria-labelledby="bulk-check" className="flex flex-col gap-5">
      <h2 id="bulk-check" tabIndex={-1} className="text-lg font-semibold outline-none">
        {bad === 0
          ? `${count(good, "good row")}, none to mend`
          : `${good.toLocaleString("en-GB")} good, ${bad.toLocaleString("en-GB")} bad`}
      </h2>
      <Figures>
        <Figure term="Good" tone="live" value={good} />
        <Figure term="Bad" tone="danger" value={bad} />
        <Figure term="Blank lines" tone="plain" value={blank} />
      </Figures>
      {repeatedPatients > 0 || allowsRepeats ? (
        <label className="flex min-h-6 items-start gap-2.5">
          <input
            type="checkbox"
            checked={allowsRepeats}
            onChange={(event) => onRepeats(event.target.checked)}
            className="mt-1 size-4 accent-(--accent)"
          />
          <span>
            Make duplicates anyway
            <span className="block text-sm text-muted">
              {allowsRepeats
                ? "A patient who stands in several rows gets several links for the same thing."
                : `${count(repeatedPatients, "row")} would give a patient a second link for the same thing.`}
            </span>
          </span>
        </label>
      ) : null}
      <div className="flex flex-wrap gap-2">
        {good > 0 && !isDone ? (
          <Button variant="primary" onClick={onMake}>
            {bad === 0
              ? `Go on with all ${good.toLocaleString("en-GB")}`
              : `Make the ${good.toLocaleString("en-GB")} good ${good === 1 ? "one" : "ones"}`}
          </Button>
        ) : null}
        {bad > 0 ? (
          <Button icon={<Download />} onClick={() => void download()}>
            Download the {bad.toLocaleString("en-GB")} bad
          </Button>
        ) : null}
      </div>
      {bad > 0 ? <BadCells key={good} ask={ask} summary={summary} headings={headings} /> : null}
    </Card>
  );
}
