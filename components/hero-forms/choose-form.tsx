"use client";

import { useEffect, useRef } from "react";
import { portalClient } from "@/components/client";
import { useLiveAnswer } from "@/components/form-kit/use-live-answer";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Failure } from "@/components/ui/failure";
import { Skeleton } from "@/components/ui/skeleton";
import type { FormView } from "@/server/schemas/forms";
import { FormPicker } from "./form-picker";
import { FormPreview } from "./form-preview";

type ChooseFormProps = {
  place: Place;
  practiceId: string;
  /** Empty before one was picked. */
  formId: string;
  /** The form is given once Hero has shown it with its questions. */
  onPick: (formId: string) => void;
  onRead: (form: FormView | null) => void;
};

/** Picks a form from the practice's, and shows it with its questions before anything is sent. */
export function ChooseForm({ place, practiceId, formId, onPick, onRead }: ChooseFormProps) {
  const form = useLiveAnswer(
    formId || null,
    () => portalClient(place.tenant, place.environment).forms.get.query({ practiceId, formId }),
    0,
  );
  const heading = useRef<HTMLHeadingElement>(null);
  const wasPicked = useRef(false);
  const tell = useRef(onRead);
  useEffect(() => {
    tell.current = onRead;
  });
  const read = form.state === "answered" ? form.answer : null;
  useEffect(() => tell.current(read), [read]);
  // The list gives way to the form and the other way round; the focus goes along.
  useEffect(() => {
    if (wasPicked.current) heading.current?.focus();
  }, [formId]);

  function pick(next: string) {
    wasPicked.current = true;
    onPick(next);
  }

  return (
    <Card aria-labelledby="which-form" className="sm:p-6!">
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <h2
          id="which-form"
          ref={heading}
          tabIndex={-1}
          className="text-lg font-semibold outline-offset-4"
        >
          {formId ? "The form" : "Which form?"}
        </h2>
        {formId ? (
          <Button size="sm" onClick={() => pick("")}>
            Another form
          </Button>
        ) : null}
      </div>
      {formId ? null : <FormPicker place={place} practiceId={practiceId} onPick={pick} />}
      {form.state === "asking" ? (
        <div aria-busy="true">
          <p role="status" className="mb-3 text-muted">
            Reading the form from Hero…
          </p>
          <Skeleton className="h-40 rounded-lg" />
        </div>
      ) : null}
      {form.state === "failed" ? (
        <Failure title="The form could not be read" retry={form.askAgain}>
          {form.problem}
        </Failure>
      ) : null}
      {form.state === "answered" ? <FormPreview form={form.answer} /> : null}
    </Card>
  );
}
