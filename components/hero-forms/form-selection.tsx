"use client";

import { useEffect, useRef } from "react";
import { portalClient } from "@/components/client";
import { useLiveQuery } from "@/components/forms/use-live-query";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Failure } from "@/components/ui/failure";
import { Skeleton } from "@/components/ui/skeleton";
import type { FormView } from "@/server/schemas/forms";
import { FormPicker } from "./form-picker";
import { FormPreview } from "./form-preview";

type FormSelectionProps = {
  scope: PortalScope;
  practiceId: string;
  /** Empty before one was picked. */
  formId: string;
  /** The form is given once Hero has shown it with its questions. */
  onPick: (formId: string) => void;
  onLoad: (form: FormView | null) => void;
};

/** Picks a form from the practice's, and shows it with its questions before anything is sent. */
export function FormSelection({ scope, practiceId, formId, onPick, onLoad }: FormSelectionProps) {
  const formQuery = useLiveQuery(
    formId || null,
    () => portalClient(scope.tenant, scope.environment).forms.get.query({ practiceId, formId }),
    0,
  );
  const heading = useRef<HTMLHeadingElement>(null);
  const hasPicked = useRef(false);
  const onLoadRef = useRef(onLoad);
  useEffect(() => {
    onLoadRef.current = onLoad;
  });
  const loadedForm = formQuery.state === "loaded" ? formQuery.data : null;
  useEffect(() => onLoadRef.current(loadedForm), [loadedForm]);
  // The list gives way to the form and the other way round; the focus goes along.
  useEffect(() => {
    if (hasPicked.current) heading.current?.focus();
  }, [formId]);

  function pick(nextFormId: string) {
    hasPicked.current = true;
    onPick(nextFormId);
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
      {formId ? null : <FormPicker scope={scope} practiceId={practiceId} onPick={pick} />}
      {formQuery.state === "loading" ? (
        <div aria-busy="true">
          <p role="status" className="mb-3 text-muted">
            Reading the form from Hero…
          </p>
          <Skeleton className="h-40 rounded-lg" />
        </div>
      ) : null}
      {formQuery.state === "failed" ? (
        <Failure title="The form could not be read" retry={formQuery.retry}>
          {formQuery.problem}
        </Failure>
      ) : null}
      {formQuery.state === "loaded" ? <FormPreview form={formQuery.data} /> : null}
    </Card>
  );
}
