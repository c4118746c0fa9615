"use client";

import { type FormEvent, useState } from "react";
import { count } from "@/components/practices/words";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Fact, Facts } from "@/components/ui/facts";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { formatBareDate } from "@/server/schemas/dates";
import { environmentNames } from "@/server/schemas/environments";
import { ProgressBar } from "../progress-bar";
import { readOwnText } from "../reader/read-cells";
import type { Summary } from "../reader/check-table";
import type { Setup } from "../reader/setup";
import { describeExample, describeShare } from "./describe-example";

type ReviewStepProps = {
  place: Place;
  summary: Summary;
  setup: Setup;
  /** What the bulk is called unless somebody changes it. */
  usualName: string;
  /** Rows sent so far; null before and after. */
  sent: number | null;
  problem: string | null;
  onSend: (name: string) => void;
};

const mostShares = 5;

/** Everything that will be asked of Hero, before a single row leaves the browser. */
export function ReviewStep(props: ReviewStepProps) {
  const { place, summary, setup, usualName, sent, problem, onSend } = props;
  const [name, setName] = useState(usualName);
  const [fault, setFault] = useState<string>();
  const { good, shares, example, expiresFrom, expiresTo } = summary;
  const rest = shares.length - mostShares;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (sent !== null) return;
    const read = readOwnText(name, 80);
    const wrong = "reason" in read ? read.reason : read.value === "" ? "Enter a name." : undefined;
    setFault(wrong);
    if (!wrong) onSend(name.trim());
  }

  return (
    <Card aria-labelledby="bulk-review">
      <CardHeader
        id="bulk-review"
        title={`${count(good, "link")} to make`}
        description="Sending the rows makes no link yet. They are sealed, and the free slots are counted; then you start the work."
      />
      <form noValidate onSubmit={submit} className="flex flex-col gap-5">
        <Facts>
          <Fact term="Environment">{environmentNames[place.environment]}</Fact>
          <Fact term="Links">
            <ul className="flex flex-col gap-1">
              {shares.slice(0, mostShares).map((share) => (
                <li key={`${share.practiceId} ${share.whatId}`}>
                  {share.links.toLocaleString("en-GB")} × {describeShare(share, setup.practices)}
                </li>
              ))}
              {rest > 0 ? <li>and {count(rest, "more choice")}</li> : null}
            </ul>
          </Fact>
          <Fact term="Who they are for">
            {setup.audience === "patients"
              ? "One patient each. Each is looked up, which may register a temporary patient in the practice's record."
              : "Anyone who has the link."}
          </Fact>
          <Fact term="Expire">
            {expiresFrom === null
              ? "–"
              : expiresFrom === expiresTo || expiresTo === null
                ? formatBareDate(expiresFrom)
                : `${formatBareDate(expiresFrom)} to ${formatBareDate(expiresTo)}`}
          </Fact>
          {example ? (
            <Fact term={`For example, row ${example.rowNumber}`}>
              {describeExample(example, setup.kind, setup.practices)}
            </Fact>
          ) : null}
        </Facts>
        <Field
          label="Name of this bulk"
          name="bulk-name"
          required
          hint="For your own list. Never a patient's name."
          error={fault}
          className="max-w-xl"
        >
          {(ids) => (
            <Input
              {...ids}
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {problem ? (
          <Notice tone="danger" role="alert" title="The rows were not all sent">
            {problem} Send them again: those that arrived are not sent twice.
          </Notice>
        ) : null}
        {sent === null ? null : (
          <div className="flex max-w-xl flex-col gap-1.5">
            <ProgressBar label="Rows sent" value={sent} most={good} />
            <p role="status" className="text-sm text-muted tabular-nums">
              {sent.toLocaleString("en-GB")} of {good.toLocaleString("en-GB")} rows sent. Keep this
              page open.
            </p>
          </div>
        )}
        <div>
          <Button type="submit" variant="primary" pending={sent !== null}>
            {sent === null ? `Send ${count(good, "row")}` : "Sending…"}
          </Button>
        </div>
      </form>
    </Card>
  );
}
