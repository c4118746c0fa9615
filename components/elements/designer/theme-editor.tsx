"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useEffect, useMemo } from "react";
import { useForm, useWatch } from "react-hook-form";
import { portalClient } from "@/components/client";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useToast } from "@/components/ui/toast";
import { type ThemeGroup, themeSteps } from "@/server/schemas/element-catalogue";
import type { Theme } from "@/server/schemas/theme";
import { ColourFields } from "./colour-fields";
import { ContrastList } from "./contrast-list";
import { toThemeDraft, type ThemeDraft, themeFormSchema, toPreviewTheme } from "./theme-draft";

type ThemeEditorProps = {
  scope: PortalScope;
  placementId: string;
  savedTheme: Theme | null;
  groups: readonly ThemeGroup[];
  /** Called with each theme that can be shown, before it is saved. */
  onPreview: (theme: Theme | null) => void;
};

const colourOptions = [
  { value: "hero", name: "Hero's default colours", hint: "Hero decides how the element looks." },
  { value: "custom", name: "Custom colours", hint: "For text, buttons and highlights." },
] as const;

/** Colours with too little contrast are not saved. */
export function ThemeEditor({
  scope,
  placementId,
  savedTheme,
  groups,
  onPreview,
}: ThemeEditorProps) {
  const router = useRouter();
  const toast = useToast();
  const form = useForm({
    resolver: zodResolver(themeFormSchema),
    shouldFocusError: false,
    defaultValues: toThemeDraft(savedTheme),
  });
  // Every field has a default, so none is missing.
  const draft = useWatch({ control: form.control }) as ThemeDraft;
  const previewJson = JSON.stringify(toPreviewTheme(draft));
  const previewTheme = useMemo(
    () => (previewJson === undefined ? undefined : (JSON.parse(previewJson) as Theme | null)),
    [previewJson],
  );
  useEffect(() => {
    if (previewTheme !== undefined) onPreview(previewTheme);
  }, [previewTheme, onPreview]);

  const colourNames = groups.flatMap(({ name }) =>
    themeSteps.map((step) => `colours.${name}.${step}` as const),
  );
  const { submit, errors, pending } = useFormSubmit(
    form,
    ["colourSource", ...colourNames, "font"],
    async ({ theme }) => {
      const { placements } = portalClient(scope.tenant, scope.environment);
      await placements.setTheme.mutate({ placementId, theme });
      form.reset(draft);
      toast({ tone: "success", title: "Theme saved" });
      router.refresh();
      return "staying";
    },
  );

  return (
    <Card aria-labelledby="theme">
      <CardHeader
        id="theme"
        title="Theme"
        description="The preview shows changes straight away. Open pages show a saved theme when they next renew."
      />
      <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-5">
        <ErrorSummary title="The theme was not saved" errors={errors} />
        <fieldset>
          <legend className="mb-2 font-medium">Colours</legend>
          <div className="flex flex-col gap-2.5">
            {colourOptions.map(({ value, name, hint }, index) => (
              <label key={value} className="flex cursor-pointer items-start gap-3">
                <input
                  type="radio"
                  value={value}
                  {...form.register("colourSource")}
                  id={index === 0 ? "colourSource" : `colour-source-${value}`}
                  aria-labelledby={`colour-source-${value}-name`}
                  aria-describedby={`colour-source-${value}-hint`}
                  className="mt-1 size-4 shrink-0 accent-(--accent) pointer-coarse:size-6"
                />
                <span>
                  <span id={`colour-source-${value}-name`} className="block">
                    {name}
                  </span>
                  <span id={`colour-source-${value}-hint`} className="block text-sm text-muted">
                    {hint}
                  </span>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        {draft.colourSource === "custom" ? (
          <>
            {groups.map((group) => (
              <ColourFields key={group.name} form={form} group={group} />
            ))}
            <div>
              <h3 className="font-medium">Contrast</h3>
              <p className="mb-2 text-sm text-muted">
                Each pair needs at least 4.5 to 1. The pairs are our assumption: Hero does not
                document them.
              </p>
              <ContrastList colours={draft.colours} />
            </div>
          </>
        ) : null}
        <Field
          label="Font"
          name="font"
          optionalMark
          hint="A font your page already loads, such as Inter, sans-serif. Leave blank to use Hero's font."
          error={form.formState.errors.font?.message}
        >
          {(ids) => <Input {...ids} {...form.register("font")} autoComplete="off" />}
        </Field>
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" variant="primary" pending={pending}>
            {pending ? "Saving…" : "Save theme"}
          </Button>
          <p role="status" className="text-sm text-muted">
            {form.formState.isDirty ? "Unsaved changes" : null}
          </p>
        </div>
      </form>
    </Card>
  );
}
