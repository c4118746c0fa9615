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
  /** Empty until a form is selected. */
  formId: string;
  onPick: (formId: string) => void;
  /** Called with the form once it has loaded with its questions. */
  onLoad: (form: FormView | null) => void;
};

/** Selects one of the practice's forms and previews its questions. */
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
  // Moves focus when the list is replaced by the form, or the form by the list.
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
          {formId ? "Form" : "Select a form"}
        </h2>
        {formId ? (
          <Button size="sm" onClick={() => pick("")}>
            Change form
          </Button>
        ) : null}
      </div>
      {formId ? null : <FormPicker scope={scope} practiceId={practiceId} onPick={pick} />}
      {formQuery.state === "loading" ? (
        <div aria-busy="true">
          <p role="status" className="mb-3 text-muted">
            Loading the form from Hero…
          </p>
          <Skeleton className="h-40 rounded-lg" />
        </div>
      ) : null}
      {formQuery.state === "failed" ? (
        <Failure title="Could not load the form" retry={formQuery.retry}>
          {formQuery.problem}
        </Failure>
      ) : null}
      {formQuery.state === "loaded" ? <FormPreview form={formQuery.data} /> : null}
    </Card>
  );
}
