"use client";

import type { ReactNode } from "react";
import type { UseFormRegisterReturn } from "react-hook-form";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

type FieldName = "practiceGroupId" | "nickname";

type ConnectionFormProps = {
  scope: PortalScope;
  submit: (event: { preventDefault: () => void }) => void;
  errors: SummaryError[];
  pending: boolean;
  register: (name: FieldName) => UseFormRegisterReturn;
  fieldErrors: Partial<Record<FieldName, { message?: string }>>;
  /** The field of the API key. */
  children: ReactNode;
};

/** The first step: an API key, then the practice group ID and nickname. Testing saves nothing. */
export function ConnectionForm({
  scope,
  submit,
  errors,
  pending,
  register,
  fieldErrors,
  children,
}: ConnectionFormProps) {
  // `post`, so that a form sent before scripts load does not put the key in a URL.
  return (
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-6">
      <ErrorSummary errors={errors} />
      {children}
      <Field
        label="Practice group ID"
        name="practiceGroupId"
        required
        hint="The practice finds this next to its API key."
        error={fieldErrors.practiceGroupId?.message}
      >
        {(ids) => (
          <Input
            {...ids}
            {...register("practiceGroupId")}
            mono
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            className="sm:max-w-72"
          />
        )}
      </Field>
      <Field
        label="Nickname"
        name="nickname"
        optionalMark
        hint="What your colleagues call this practice, if different from its name in Hero."
        error={fieldErrors.nickname?.message}
      >
        {(ids) => (
          <Input {...ids} {...register("nickname")} autoComplete="off" className="sm:max-w-96" />
        )}
      </Field>
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" variant="primary" pending={pending}>
          {pending ? "Testing…" : "Test connection"}
        </Button>
        <ButtonLink href={portalPath(scope, "/practices")} variant="quiet">
          Cancel
        </ButtonLink>
        <p className="basis-full text-sm text-muted">
          Nothing is saved yet. You will see the practice's name before you connect it.
        </p>
      </div>
    </form>
  );
}
