"use client";

import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { proposeSlug } from "@/server/schemas/propose-slug";
import { AccountForm } from "./account-form";
import type { FormAction } from "./form-state";

/** The short name is proposed from the name until the user edits it. */
export function NewOrganisationForm({ action }: { action: FormAction }) {
  const [name, setName] = useState("");
  const [customSlug, setCustomSlug] = useState<string | null>(null);
  const slug = customSlug ?? proposeSlug(name);
  return (
    <AccountForm
      action={action}
      submitLabel="Create organisation"
      pendingLabel="Creating your organisation…"
    >
      {(state) => (
        <>
          <Field
            label="Name"
            name="name"
            hint="The name your colleagues will see."
            error={state.fieldErrors.name}
            required
          >
            {(ids) => (
              <Input
                {...ids}
                autoComplete="organization"
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field
            label="Short name"
            name="slug"
            hint="Used in web addresses. Lower-case letters, numbers and hyphens."
            error={state.fieldErrors.slug}
            required
          >
            {(ids) => (
              <Input
                {...ids}
                mono
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                value={slug}
                onChange={(event) => setCustomSlug(event.target.value)}
              />
            )}
          </Field>
        </>
      )}
    </AccountForm>
  );
}
