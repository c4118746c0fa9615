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

/** The practice group ID and nickname: the same for both methods. */
export function PracticeFields({ register, errors }: PracticeFieldsProps) {
  return (
    <>
      <Field
        label="Practice group ID"
        name="practiceGroupId"
        required
        hint="The practice finds this next to its API key."
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
        label="Nickname"
        name="nickname"
        optionalMark
        hint="What your colleagues call this practice, if different from its name in Hero."
        error={errors.nickname}
      >
        {(ids) => (
          <Input {...ids} {...register("nickname")} autoComplete="off" className="sm:max-w-96" />
        )}
      </Field>
    </>
  );
}

/** The buttons of the first step. */
export function TestButtons({ scope, pending }: { scope: PortalScope; pending: boolean }) {
  return (
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
  );
}
