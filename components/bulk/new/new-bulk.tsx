"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { readFailure } from "@/components/client";
import { describeFailure } from "@/components/form-kit/use-form-call";
import { count } from "@/components/practices/words";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { PracticeOption } from "@/server/schemas/practices";
import type { Summary } from "../reader/check-table";
import { describeColumns, guessColumns, recallColumns } from "../reader/fields";
import type { FileFacts } from "../reader/messages";
import type { Setup } from "../reader/setup";
import { useReader } from "../reader/use-reader";
import { CheckStep } from "./check-step";
import { describeFile } from "./describe-file";
import { type Draft, proposeDraft, settleColumns, settleDefaults } from "./draft";
import { FileStep } from "./file-step";
import { ReviewStep } from "./review-step";
import { sendRows } from "./send-rows";
import { SetUpStep } from "./set-up-step";
import { findNamedPractices } from "./named-practices";
import { useCloseWarning } from "./use-close-warning";
import { useLists } from "./use-lists";

type NewBulkProps = {
  place: Place;
  practices: readonly PracticeOption[];
  /** Field to heading of earlier files, newest first. */
  earlierColumns: readonly Record<string, string>[];
  /** The practice that the page was opened for. */
  practiceId: string | null;
  /** The day it is in the United Kingdom. */
  today: string;
  usualName: string;
};

type Checked = { setup: Setup; summary: Summary; operationId: string };

/** From a file to rows that wait in the portal: read, set up, check, review, send. */
export function NewBulk(props: NewBulkProps) {
  const { place, practices, earlierColumns, practiceId, today, usualName } = props;
  const router = useRouter();
  const ask = useReader();
  const [busy, setBusy] = useState<"reading" | "checking" | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [facts, setFacts] = useState<FileFacts | null>(null);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [checked, setChecked] = useState<Checked | null>(null);
  const [isReviewing, setReviewing] = useState(false);
  const [sent, setSent] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const lists = useLists(place);
  const checkPlace = useRef<HTMLDivElement>(null);
  const reviewPlace = useRef<HTMLDivElement>(null);
  useCloseWarning(facts !== null);

  function startAgain() {
    setFacts(null);
    setDraft(null);
    setChecked(null);
    setReviewing(false);
    setProblem(null);
  }

  async function read(source: File | string) {
    setBusy("reading");
    setRefusal(null);
    startAgain();
    try {
      const answer = await ask("read", { source });
      if ("refusal" in answer) setRefusal(answer.refusal);
      else {
        const columns =
          recallColumns(answer.headings, earlierColumns) ?? guessColumns(answer.headings);
        const only = practices.length === 1 ? practices[0]?.id : undefined;
        const proposed = proposeDraft(columns, practiceId ?? only ?? "", today);
        setFacts(answer);
        setDraft(proposed);
        if (proposed.practiceId) lists.want(practices, proposed.practiceId, proposed.kind);
      }
    } catch {
      setRefusal("This file could not be worked with. Try a smaller one.");
    }
    setBusy(null);
  }

  function change(part: Partial<Draft>) {
    if (!draft) return;
    const next = { ...draft, ...part };
    setDraft(next);
    // What was checked was checked for another choice.
    setChecked(null);
    setReviewing(false);
    if (next.practiceId) lists.want(practices, next.practiceId, next.kind);
  }

  async function check(allowsRepeats: boolean) {
    if (!draft) return;
    setBusy("checking");
    setReviewing(false);
    setRefusal(null);
    try {
      const columns = settleColumns(draft);
      const named = await findNamedPractices(ask, columns, practices, draft.practiceId);
      const setup: Setup = {
        kind: draft.kind,
        audience: draft.audience,
        columns,
        defaults: settleDefaults(draft),
        practices: await lists.loadAll(named, draft.kind),
        today,
        allowsRepeats,
      };
      const summary = await ask("check", { setup });
      setChecked({ setup, summary, operationId: crypto.randomUUID() });
      goTo(checkPlace);
    } catch {
      setRefusal("The rows could not be checked. Choose the file again.");
    }
    setBusy(null);
  }

  async function send(name: string) {
    if (!checked || !facts) return;
    const { setup, summary, operationId } = checked;
    setProblem(null);
    setSent(0);
    try {
      const bulkId = await sendRows(
        place,
        ask,
        {
          operationId,
          name,
          kind: setup.kind,
          rowCount: summary.good,
          columns: describeColumns(setup.columns, facts.headings),
        },
        setSent,
      );
      setFacts(null);
      router.push(portalPath(place, `/links/bulk/${bulkId}`));
    } catch (error) {
      setProblem(describeFailure(readFailure(error)));
      setSent(null);
    }
  }

  return (
    <div className="flex flex-col gap-5">
      {refusal ? (
        <Notice tone="danger" role="alert" title="The file cannot be used as it is">
          {refusal}
        </Notice>
      ) : null}
      {facts && draft ? (
        <>
          <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line bg-surface px-4 py-3 sm:px-5">
            <p role="status">
              <span className="font-semibold">{count(facts.rowCount, "row")}</span>
              <span className="text-muted">{describeFile(facts)}</span>
            </p>
            <Button size="sm" pending={sent !== null} onClick={startAgain}>
              Another file
            </Button>
          </div>
          {sent === null ? (
            <SetUpStep
              facts={facts}
              draft={draft}
              change={change}
              practices={practices}
              lists={lists.of(draft.practiceId, draft.kind)}
              today={today}
              pending={busy === "checking"}
              onCheck={() => void check(false)}
            />
          ) : null}
          {checked ? (
            <>
              <div ref={checkPlace}>
                <CheckStep
                  ask={ask}
                  summary={checked.summary}
                  headings={facts.headings}
                  allowsRepeats={checked.setup.allowsRepeats}
                  onRepeats={(allows) => void check(allows)}
                  isDone={isReviewing}
                  onMake={() => {
                    setReviewing(true);
                    goTo(reviewPlace);
                  }}
                />
              </div>
              {isReviewing ? (
                <div ref={reviewPlace}>
                  <ReviewStep
                    place={place}
                    summary={checked.summary}
                    setup={checked.setup}
                    usualName={usualName}
                    sent={sent}
                    problem={problem}
                    onSend={(name) => void send(name)}
                  />
                </div>
              ) : null}
            </>
          ) : null}
        </>
      ) : (
        <FileStep pending={busy === "reading"} onSource={(source) => void read(source)} />
      )}
    </div>
  );
}

/**
 * Brings what is about to appear into view, and the keyboard with it. A busy page may take some frames to
 * draw it.
 */
function goTo(place: { current: HTMLElement | null }, frames = 120) {
  requestAnimationFrame(() => {
    const heading = place.current?.querySelector<HTMLElement>("h2");
    if (!heading) {
      if (frames > 0) goTo(place, frames - 1);
      return;
    }
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
    place.current?.scrollIntoView({ block: "start" });
  });
}
