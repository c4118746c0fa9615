"use client";

import { type UseFormReturn, useWatch } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { type ThemeGroup, themeSteps } from "@/server/schemas/element-catalogue";
import type { Theme } from "@/server/schemas/theme";
import type { ThemeDraft } from "./theme-draft";

type ColourFieldsProps = {
  form: UseFormReturn<ThemeDraft, unknown, { theme: Theme | null }>;
  group: ThemeGroup;
};

export function ColourFields({ form, group }: ColourFieldsProps) {
  const colours = useWatch({ control: form.control, name: `colours.${group.name}` });
  const fieldErrors = form.formState.errors.colours?.[group.name];
  return (
    <fieldset>
      <legend className="mb-2 font-medium">
        {group.description} <code className="font-mono text-sm text-muted">{group.name}</code>
      </legend>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(9.25rem,1fr))] items-end gap-x-3 gap-y-3">
        {themeSteps.map((step) => {
          const name = `colours.${group.name}.${step}` as const;
          const value = colours?.[step] ?? "";
          return (
            <Field key={step} label={step} name={name} error={fieldErrors?.[step]?.message}>
              {(ids) => (
                <div className="flex gap-2">
                  <input
                    type="color"
                    aria-label={`Pick ${group.name} ${step}`}
                    value={/^#[0-9a-f]{6}$/i.test(value) ? value.toLowerCase() : "#000000"}
                    onChange={(event) =>
                      form.setValue(name, event.target.value, {
                        shouldDirty: true,
                        shouldValidate: Boolean(fieldErrors),
                      })
                    }
                    className="h-9 w-11 shrink-0 cursor-pointer rounded-md border border-line-strong bg-surface p-0.5 pointer-coarse:h-11"
                  />
                  <Input
                    {...ids}
                    {...form.register(name)}
                    mono
                    maxLength={7}
                    autoComplete="off"
                    spellCheck={false}
                  />
                </div>
              )}
            </Field>
          );
        })}
      </div>
    </fieldset>
  );
}
