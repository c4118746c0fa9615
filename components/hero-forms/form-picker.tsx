"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useLiveQuery } from "@/components/forms/use-live-query";
import { formatCount } from "@/components/ui/format-count";
import type { PortalScope } from "@/components/shell/portal-path";
import { Badge } from "@/components/ui/badge";
import { Failure } from "@/components/ui/failure";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { type FormSummary, formType, listFormsInput } from "@/server/schemas/forms";
import { describeFormType, formTypeNames } from "./labels";

type FormPickerProps = {
  scope: PortalScope;
  practiceId: string;
  onPick: (formId: string) => void;
};

/** The practice's forms, with Hero's own search and filter. */
export function FormPicker({ scope, practiceId, onPick }: FormPickerProps) {
  const [search, setSearch] = useState("");
  const [type, setType] = useState("");
  const parsedType = formType.safeParse(type);
  const parsedInput = listFormsInput.safeParse({ practiceId, search, formType: parsedType.data });
  const formsQuery = useLiveQuery(
    parsedInput.success ? JSON.stringify([search.trim(), type]) : null,
    () =>
      portalClient(scope.tenant, scope.environment).forms.list.query({
        practiceId,
        search,
        formType: parsedType.data,
      }),
  );
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_14rem]">
        <Field
          label="Search"
          name="form-search"
          error={parsedInput.success ? undefined : parsedInput.error.issues[0]?.message}
        >
          {(ids) => (
            <Input
              {...ids}
              type="search"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              placeholder="Title"
              autoComplete="off"
            />
          )}
        </Field>
        <Field label="Type" name="form-type">
          {(ids) => (
            <Select {...ids} value={type} onChange={(event) => setType(event.target.value)}>
              <option value="">All types</option>
              {formType.options.map((option) => (
                <option key={option} value={option}>
                  {formTypeNames[option]}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <p role="status" className="sr-only">
        {formsQuery.state === "loaded" ? formatCount(formsQuery.data.length, "form") : null}
      </p>
      {formsQuery.state === "loading" ? (
        <div aria-busy="true" className="flex flex-col gap-2">
          <p className="sr-only">Loading forms from Hero</p>
          <Skeleton className="h-14 rounded-md" />
          <Skeleton className="h-14 rounded-md" />
          <Skeleton className="h-14 rounded-md" />
        </div>
      ) : null}
      {formsQuery.state === "failed" ? (
        <Failure title="Could not load forms" retry={formsQuery.retry}>
          {formsQuery.problem}
        </Failure>
      ) : null}
      {formsQuery.state === "loaded" && formsQuery.data.length === 0 ? (
        <p className="rounded-md border border-dashed border-line p-4 text-muted">
          {search || type
            ? "No forms match your search. Change the words or the type."
            : "This practice has no forms. The practice creates them in Hero."}
        </p>
      ) : null}
      {formsQuery.state === "loaded" && formsQuery.data.length > 0 ? (
        <ul className="flex max-h-112 flex-col divide-y divide-line overflow-y-auto rounded-md border border-line">
          {formsQuery.data.map((form) => (
            <li key={form.id}>
              <FormRow form={form} onPick={() => onPick(form.id)} />
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function FormRow({ form, onPick }: { form: FormSummary; onPick: () => void }) {
  return (
    <button
      type="button"
      onClick={onPick}
      className="flex w-full items-center gap-3 px-3 py-2.5 text-left -outline-offset-2 transition-colors hover:bg-hover"
    >
      <span className="flex min-w-0 flex-1 flex-col gap-x-3 gap-y-1.5 sm:flex-row sm:items-center">
        <span className="min-w-0 flex-1">
          <span className="block font-medium">{form.title}</span>
          {form.description ? (
            <span className="block truncate text-sm text-muted">{form.description}</span>
          ) : null}
        </span>
        <span className="flex shrink-0 flex-wrap gap-1">
          <Badge tone="neutral">{describeFormType(form.formType)}</Badge>
          {form.isReplyForm && form.formType !== "response" ? (
            <Badge tone="neutral">Reply form</Badge>
          ) : null}
        </span>
      </span>
      <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-subtle" />
    </button>
  );
}
