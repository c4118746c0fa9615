"use client";

import { Plus, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { useFieldArray, type UseFormReturn, useWatch } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { FieldError, Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import {
  emptyOriginRow,
  type OriginRow,
  type PlacementDraft,
  type PlacementFields,
  parseOriginRow,
} from "./placement-draft";

const maxOrigins = 20;

type OriginRowsProps = { form: UseFormReturn<PlacementDraft, unknown, PlacementFields> };

export function OriginRows({ form }: OriginRowsProps) {
  const rows = useFieldArray({ control: form.control, name: "origins" });
  const addButton = useRef<HTMLButtonElement>(null);
  const shouldFocusNewRow = useRef(false);
  const count = rows.fields.length;
  useEffect(() => {
    if (shouldFocusNewRow.current) form.setFocus(`origins.${count - 1}.address`);
    shouldFocusNewRow.current = false;
  }, [form, count]);
  const error = form.formState.errors.origins?.message;

  function remove(index: number) {
    if (count === 1) form.setValue("origins", [emptyOriginRow]);
    else rows.remove(index);
    addButton.current?.focus();
  }

  return (
    <fieldset id="origins" tabIndex={-1} aria-describedby={error ? "origins-error" : undefined}>
      <legend className="font-medium">
        Origins <span className="font-normal text-subtle">(optional)</span>
      </legend>
      <p className="mt-1 mb-3 max-w-prose text-sm text-muted">
        Where your pages are served from: scheme, host and port, such as{" "}
        <span className="font-mono">https://app.example.org</span>. Only localhost can use http.
        Pages on other origins get no token, so without an origin your pages cannot use the
        placement.
      </p>
      {error ? (
        <FieldError id="origins-error" className="mb-3">
          {error}
        </FieldError>
      ) : null}
      <ol className="flex flex-col gap-3">
        {rows.fields.map((field, index) => (
          <li key={field.id} className="rounded-md border border-line p-3">
            <OriginFields form={form} index={index} onRemove={() => remove(index)} />
          </li>
        ))}
      </ol>
      {count < maxOrigins ? (
        <Button
          ref={addButton}
          icon={<Plus />}
          onClick={() => {
            shouldFocusNewRow.current = true;
            rows.append(emptyOriginRow, { shouldFocus: false });
          }}
          className="mt-3"
        >
          Add an origin
        </Button>
      ) : (
        <p className="mt-3 text-sm text-muted">A placement can have up to {maxOrigins} origins.</p>
      )}
    </fieldset>
  );
}

type OriginFieldsProps = OriginRowsProps & { index: number; onRemove: () => void };

function OriginFields({ form, index, onRemove }: OriginFieldsProps) {
  const name = `origins.${index}.address` as const;
  const row = useWatch({ control: form.control, name: `origins.${index}` });
  const error = form.formState.errors.origins?.[index]?.address?.message;
  const label = index === 0 ? "Origin" : `Origin ${index + 1}`;
  /** Not when a button gets the focus: an error that appears would move it away from the pointer. */
  const validateRow = ({ relatedTarget }: { relatedTarget?: EventTarget | null }) => {
    const isButton = relatedTarget instanceof HTMLButtonElement;
    if (form.getValues(name) && !isButton) void form.trigger(name);
  };
  return (
    <div className="flex flex-col gap-2.5">
      <Field label={label} name={name} error={error}>
        {(ids) => (
          <Input
            {...ids}
            {...form.register(name, { onBlur: validateRow })}
            mono
            inputMode="url"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            placeholder="https://app.example.org"
          />
        )}
      </Field>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <label className="flex w-fit cursor-pointer items-center gap-2.5">
          <input
            type="checkbox"
            {...form.register(`origins.${index}.includesSubdomains`, { onChange: validateRow })}
            className="size-4 shrink-0 accent-(--accent) pointer-coarse:size-6"
          />
          All subdomains
        </label>
        <Button
          size="sm"
          variant="quiet"
          icon={<X />}
          aria-label={`Remove ${label.toLowerCase()}`}
          onClick={onRemove}
        >
          Remove
        </Button>
      </div>
      <OriginSummary row={row} />
    </div>
  );
}

function OriginSummary({ row }: { row: OriginRow | undefined }) {
  const parsed = row ? parseOriginRow(row) : null;
  if (!row?.includesSubdomains || !parsed?.origin) return null;
  const { host } = new URL(parsed.origin.replace("*.", ""));
  return (
    <p role="status" className="text-sm text-muted">
      Allows <span className="font-mono wrap-anywhere">{parsed.origin}</span> at any depth, but not{" "}
      <span className="font-mono wrap-anywhere">{host}</span> itself.
    </p>
  );
}
