"use client";

import { useRef, useState } from "react";
import type { FieldValues, Path, UseFormReturn } from "react-hook-form";
import { type CallFailure, toCallFailure } from "@/components/client";
import type { SummaryError } from "@/components/ui/error-summary";

/** What the form does next: `navigating` keeps its button pending until the next page loads. */
export type AfterSubmit = "navigating" | "staying";

/** Each error by its path, including lists and groups of fields (`origins.0.address`). */
function flattenErrors(errors: object, parents: readonly string[] = []): SummaryError[] {
  return Object.entries(errors).flatMap(([name, error]: [string, unknown]) => {
    if (typeof error !== "object" || error === null) return [];
    // Errors of a list as a whole are under "root".
    const path = name === "root" ? parents : [...parents, name];
    return "message" in error && typeof error.message === "string"
      ? [{ field: path.join("."), message: error.message }]
      : flattenErrors(error, path);
  });
}

/** In the order of the fields on screen. */
function listErrors(errors: object, fields: readonly string[]): SummaryError[] {
  const position = ({ field = "" }: SummaryError) =>
    fields.includes(field) ? fields.indexOf(field) : fields.length;
  return flattenErrors(errors).sort((a, b) => position(a) - position(b));
}

/** A failure that belongs to no field, with the reference to quote to support. */
export function describeFailure({ message, requestId }: CallFailure): string {
  return requestId ? `${message} Reference: ${requestId}` : message;
}

/**
 * Submits a form, once at a time. Errors appear beside their fields and in the list for the error
 * summary; each submission gives a new array, which moves focus to the summary.
 *
 * @param fields names of the controls on screen; server errors of other fields go to the summary
 * @param noResponseAdvice what to do when there was no response, if that is more than trying again
 */
export function useFormSubmit<Values extends FieldValues, Output>(
  form: UseFormReturn<Values, unknown, Output>,
  fields: readonly Path<Values>[],
  send: (values: Output) => Promise<AfterSubmit>,
  noResponseAdvice?: string,
) {
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const [pending, setPending] = useState(false);
  // State would update too late for the second of two quick clicks.
  const isSubmitting = useRef(false);

  function showFailure(failure: CallFailure) {
    const fieldErrors = Object.entries(failure.fieldErrors).map(([name, message]) => ({
      field: fields.find((fieldName) => fieldName === name),
      message,
    }));
    for (const { field, message } of fieldErrors) {
      if (field) form.setError(field, { type: "server", message });
    }
    if (fieldErrors.length > 0) return setErrors(fieldErrors);
    const advice = failure.hasResponse ? undefined : noResponseAdvice;
    setErrors([{ message: [describeFailure(failure), advice].filter(Boolean).join(" ") }]);
  }

  const validate = form.handleSubmit(
    async (values) => {
      setPending(true);
      setErrors([]);
      let outcome: AfterSubmit = "staying";
      try {
        outcome = await send(values);
      } catch (error) {
        showFailure(toCallFailure(error));
      }
      if (outcome === "navigating") return;
      isSubmitting.current = false;
      setPending(false);
    },
    (invalid) => {
      isSubmitting.current = false;
      setErrors(listErrors(invalid, fields));
    },
  );

  function submit(event: { preventDefault: () => void }) {
    event.preventDefault();
    if (isSubmitting.current) return;
    isSubmitting.current = true;
    void validate();
  }

  return { submit, errors, pending };
}
