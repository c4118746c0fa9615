"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { useForm } from "react-hook-form";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { type MergePreview, previewMergeInput } from "@/server/schemas/merges";
import { MergeComparison } from "./merge-comparison";
import { MergeRefused } from "./merge-refused";

type RequestMergeProps = { scope: PortalScope; practiceId: string; patientId: string };
type Pair = { practiceId: string; patientId: string; otherPatientId: string };

/** Compares a patient with another record and requests their merge. The details stay in this component. */
export function RequestMerge({ scope, practiceId, patientId }: RequestMergeProps) {
  const router = useRouter();
  const client = portalClient(scope.tenant, scope.environment);
  const [operationId, setOperationId] = useState(() => crypto.randomUUID());
  const [compared, setCompared] = useState<{ pair: Pair; preview: MergePreview } | null>(null);
  const resultRef = useRef<HTMLDivElement>(null);
  const form = useForm({
    resolver: zodResolver(previewMergeInput),
    shouldFocusError: false,
    defaultValues: { practiceId, patientId, otherPatientId: "" },
  });
  const { submit, errors, pending } = useFormSubmit(form, ["otherPatientId"], async (pair) => {
    setCompared(null);
    const preview = await client.merges.preview.mutate(pair);
    setOperationId(crypto.randomUUID());
    setCompared({ pair, preview });
    return "staying";
  });
  useEffect(() => {
    if (compared) resultRef.current?.focus();
  }, [compared]);

  const request = useAction(async () => {
    if (compared?.preview.outcome !== "can_be_merged") return "staying";
    const { previewFingerprint } = compared.preview;
    const merge = await client.merges.request.mutate({
      operationId,
      ...compared.pair,
      previewFingerprint,
    });
    router.push(portalPath(scope, `/merges/${merge.id}`));
    return "navigating";
  });

  return (
    <div className="flex flex-col gap-5">
      <Card aria-labelledby="other-record">
        <h2 id="other-record" className="mb-4 text-lg font-semibold">
          The other record
        </h2>
        <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-5">
          <ErrorSummary title="The records were not compared" errors={errors} />
          <Field
            label="Hero patient ID of the other record"
            name="otherPatientId"
            required
            hint="It must belong to the same practice. Comparing changes nothing."
            error={form.formState.errors.otherPatientId?.message}
          >
            {(ids) => (
              <Input
                {...ids}
                {...form.register("otherPatientId")}
                inputMode="numeric"
                autoComplete="off"
                className="max-w-60"
              />
            )}
          </Field>
          <Button type="submit" variant="primary" pending={pending} className="w-fit">
            {pending ? "Comparing…" : "Compare records"}
          </Button>
        </form>
      </Card>
      <div ref={resultRef} tabIndex={-1} className="flex flex-col gap-5 outline-offset-4">
        {compared && compared.preview.outcome !== "can_be_merged" ? (
          <MergeRefused preview={compared.preview} />
        ) : null}
        {compared?.preview.outcome === "can_be_merged" ? (
          <>
            <MergeComparison comparison={compared.preview} {...compared.pair} />
            {request.problem ? (
              <Notice tone="danger" role="alert" title="The merge was not requested">
                {request.problem}
              </Notice>
            ) : null}
            <Card aria-labelledby="request">
              <h2 id="request" className="text-lg font-semibold">
                Request the merge
              </h2>
              <p className="mt-1 max-w-prose text-muted">
                Continue only if you are certain that both records are of one person. A second
                person must approve within 24 hours. Nothing is merged before that.
              </p>
              <Button
                variant="primary"
                className="mt-4"
                pending={request.pending}
                onClick={request.run}
              >
                {request.pending ? "Requesting…" : "Request merge"}
              </Button>
            </Card>
          </>
        ) : null}
      </div>
    </div>
  );
}
