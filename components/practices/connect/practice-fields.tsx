"use client";

import type { UseFormRegisterReturn } from "react-hook-form";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

type FieldName = "practiceGroupId" | "nickname";

type PracticeFieldsProps = {
  register: (name: FieldName) => UseFormRegisterReturn;
  errors: Record<FieldName, string | undefined>;
};

/** Which practice, and what to call it: the same two fields for every way of reaching it. */
export function PracticeFields({ register, errors }: PracticeFieldsProps) {
  return (
    <>
      <Field
        label="Practice group id"
        name="practiceGroupId"
        required
        hint="Hero's id of the practice. The practice finds it beside the key."
        error={errors.practiceGroupId}
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
        label="Alias"
        name="nickname"
        optionalMark
        hint="What your colleagues call this practice, where that differs from its name in Hero."
        error={errors.nickname}
      >
        {(ids) => (
          <Input {...ids} {...register("nickname")} autoComplete="off" className="sm:max-w-96" />
        )}
      </Field>
    </>
  );
}

/** The end of the first step. */
export function TestButtons({ scope, pending }: { scope: PortalScope; pending: boolean }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button type="submit" variant="primary" pending={pending}>
        {pending ? "Asking Hero…" : "Test the connection"}
      </Button>
      <ButtonLink href={portalPath(scope, "/practices")} variant="quiet">
        Cancel
      </ButtonLink>
      <p className="basis-full text-sm text-muted">
        Testing saves nothing. You see the practice's name before you connect it.
      </p>
    </div>
  );
}
