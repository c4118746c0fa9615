"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { useForm } from "react-hook-form";
import { portalClient } from "@/components/client";
import { DialogForm } from "@/components/forms/dialog-form";
import { useAction } from "@/components/forms/use-action";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import type { PortalScope } from "@/components/shell/portal-path";
import { ProductionWarning } from "@/components/shell/production-warning";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import {
  type ChangePracticeDetailsInput,
  changePracticeDetailsInput,
  practiceDetailFields,
  type PracticeDetailsResult,
  type VersionedPracticeDetails,
} from "@/server/schemas/practices";
import { compareDetails, detailLabels } from "./detail-labels";

export type ChangeDetailsProps = {
  scope: PortalScope;
  practiceId: string;
  details: VersionedPracticeDetails;
};

/** Changes the practice's name and address at Hero: the fields, then the difference, then the result. */
export function ChangeDetailsForm(props: ChangeDetailsProps & { onClose: () => void }) {
  const { scope, practiceId, onClose } = props;
  const router = useRouter();
  const toast = useToast();
  /** Hero's record as last read, with which the new values are compared. */
  const [current, setCurrent] = useState(props.details);
  const [review, setReview] = useState<ChangePracticeDetailsInput | null>(null);
  const [result, setResult] = useState<PracticeDetailsResult | null>(null);
  const form = useForm({
    resolver: zodResolver(changePracticeDetailsInput),
    shouldFocusError: false,
    defaultValues: { practiceId, ...textsOf(current) },
  });
  const { submit, errors, pending } = useFormSubmit(
    form,
    [...practiceDetailFields],
    async (values) => {
      if (compareDetails(current, values).length === 0) {
        form.setError("name", { message: "Nothing has changed." });
        return "staying";
      }
      setResult(null);
      setReview(values);
      return "staying";
    },
  );
  const save = useAction(async () => {
    if (!review) return "staying";
    const client = portalClient(scope.tenant, scope.environment);
    const saved = await client.practices.changeDetails.mutate(review);
    if (saved.outcome === "saved") {
      toast({ tone: "success", title: "Name and address saved in Hero" });
      onClose();
      router.refresh();
      return "navigating";
    }
    if (saved.details && saved.outcome === "changed_since") {
      // What the other person changed stays, unless this person changed the same field.
      for (const { field, from, to } of compareDetails(current, saved.details)) {
        if (form.getValues(field) === (from ?? "")) form.setValue(field, to ?? "");
      }
      form.setValue("version", saved.details.version);
      setCurrent(saved.details);
      setReview(null);
    }
    setResult(saved);
    return "staying";
  });

  if (result && result.outcome !== "changed_since") {
    return (
      <Outcome
        result={result}
        onClose={() => {
          onClose();
          router.refresh();
        }}
      />
    );
  }
  if (review) {
    return (
      <Review
        scope={scope}
        changes={compareDetails(current, review)}
        problem={save.problem}
        pending={save.pending}
        onBack={() => {
          save.clearProblem();
          setReview(null);
        }}
        onSave={save.run}
      />
    );
  }
  return (
    <DialogForm
      errorTitle="Check the name and address"
      errors={errors}
      submitLabel="Continue"
      pendingLabel="Checking…"
      pending={pending}
      onSubmit={submit}
      onCancel={onClose}
    >
      {result?.details ? (
        <Notice
          tone="warning"
          role="alert"
          title="Someone changed this practice since you opened it"
        >
          Your changes were not sent. Below is what Hero has now, with your changes. Check it, then
          continue.
          <ChangeList changes={compareDetails(props.details, result.details)} />
        </Notice>
      ) : null}
      <div className="grid gap-4 sm:grid-cols-2">
        {practiceDetailFields.map((field) => (
          <Field
            key={field}
            label={detailLabels[field]}
            name={field}
            required={field === "name"}
            optionalMark={field !== "name"}
            className={field === "name" ? "sm:col-span-2" : ""}
            error={form.formState.errors[field]?.message}
          >
            {(ids) => <Input {...ids} {...form.register(field)} autoComplete="off" />}
          </Field>
        ))}
      </div>
    </DialogForm>
  );
}

/** Hero's record as the form holds it. */
const textsOf = (details: VersionedPracticeDetails) => ({
  version: details.version,
  name: details.name,
  line1: details.line1 ?? "",
  line2: details.line2 ?? "",
  line3: details.line3 ?? "",
  town: details.town ?? "",
  county: details.county ?? "",
  postcode: details.postcode ?? "",
});

type Changes = ReturnType<typeof compareDetails>;

function ChangeList({ changes }: { changes: Changes }) {
  return (
    <dl className="mt-3 divide-y divide-line">
      {changes.map(({ field, label, from, to }) => (
        <div key={field} className="grid gap-x-4 py-2 sm:grid-cols-[9rem_minmax(0,1fr)]">
          <dt className="text-muted">{label}</dt>
          <dd className="min-w-0 wrap-anywhere">
            <span className="block text-muted">Before: {from ?? "nothing"}</span>
            <span className="block font-medium">After: {to ?? "nothing"}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

type ReviewProps = {
  scope: PortalScope;
  changes: Changes;
  problem: string | null;
  pending: boolean;
  onBack: () => void;
  onSave: () => void;
};

/** What would change, before it is sent. */
function Review({ scope, changes, problem, pending, onBack, onSave }: ReviewProps) {
  return (
    <div className="flex flex-col gap-5">
      <div>
        <StepHeading>Check the changes</StepHeading>
        <ChangeList changes={changes} />
      </div>
      {problem ? (
        <Notice tone="danger" role="alert" title="The practice was not changed">
          {problem}
        </Notice>
      ) : null}
      <div className="flex flex-col-reverse gap-2 sm:flex-row sm:items-start sm:justify-end">
        <Button onClick={onBack} disabled={pending}>
          Back
        </Button>
        <ProductionWarning
          environment={scope.environment}
          text="Patients and staff see the new name and address straight away."
        >
          <Button variant="primary" pending={pending} onClick={onSave}>
            {pending ? "Saving…" : "Save in Hero"}
          </Button>
        </ProductionWarning>
      </div>
    </div>
  );
}

type OutcomeProps = { result: PracticeDetailsResult; onClose: () => void };

/** What Hero's record shows after a change that is not, or not certainly, complete. */
function Outcome({ result, onClose }: OutcomeProps) {
  const { outcome, details, notSaved } = result;
  const fields = notSaved.map((field) => detailLabels[field].toLowerCase()).join(", ");
  const inHero = details ? "" : " We could not read the practice again.";
  const notices = {
    unknown: {
      title: "We do not know whether Hero saved the changes",
      text: `Hero did not confirm them.${inHero} Close this, reload the page and check the name and address before you try again.`,
    },
    saved_in_part: {
      title: "Hero saved some of the changes",
      text: `Hero accepted the request but did not change: ${fields}.`,
    },
    not_saved: {
      title: "Hero did not save the changes",
      text: `Hero's record still has the earlier values: ${fields}.`,
    },
  };
  if (outcome === "saved" || outcome === "changed_since") return null;
  const { title, text } = notices[outcome];
  return (
    <div className="flex flex-col gap-5">
      <Notice tone="warning" role="alert" title={title}>
        {text}
      </Notice>
      <div className="flex justify-end">
        <Button variant="primary" onClick={onClose}>
          Close
        </Button>
      </div>
    </div>
  );
}

/** A heading that takes focus, because the control that had it is gone. */
function StepHeading({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h3 ref={heading} tabIndex={-1} className="font-semibold outline-none">
      {children}
    </h3>
  );
}
