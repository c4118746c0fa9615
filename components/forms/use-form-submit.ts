"use client";

import { useRef, useState } from "react";
import type { FieldValues, Path, UseFormReturn } from "react-hook-form";
import { type CallFailure, toCallFailure } from "@/components/client";
import type { SummaryError } from "@/components/ui/error-summary";

/** What the form does next: `leaving` keeps its button pending until the next page is there. */
export type AfterSubmit = "navigating" | "staying";

/** Each fault by its path, also within lists and groups of fields (`origins.0.address`). */
function flattenErrors(errors: object, parents: readonly string[] = []): SummaryError[] {
  return Object.entries(errors).flatMap(([name, error]: [string, unknown]) => {
    if (typeof error !== "object" || error === null) return [];
    // What is wrong with a list as a whole goes by "root".
    const path = name === "root" ? parents : [...parents, name];
    return "message" in error && typeof error.message === "string"
      ? [{ field: path.join("."), message: error.message }]
      : flattenErrors(error, path);
  });
}

/** In the order of the fields on screen, whatever the order of the schema. */
function listErrors(errors: object, fields: readonly string[]): SummaryError[] {
  const position = ({ field = "" }: SummaryError) =>
    fields.includes(field) ? fields.indexOf(field) : fields.length;
  return flattenErrors(errors).sort((a, b) => position(a) - position(b));
}

/** A failure that belongs to no field, with what to quote when asking for help. */
export function describeFailure({ message, requestId }: CallFailure): string {
  return requestId ? `${message} Reference: ${requestId}` : message;
}

/**
 * Sends a form, once at a time. What is wrong stands beside its field and in the list for the error
 * summary; a new list is a new array, which moves focus to it.
 *
 * @param fields names of the controls on screen; a server's remark on anything else goes to the summary
 * @param noResponseAdvice what to do when no answer came, where that is more than trying again
 */
export function useFormSubmit<Values extends FieldValues, Output>(
  form: UseFormReturn<Values, unknown, Output>,
  fields: readonly Path<Values>[],
  send: (values: Output) => Promise<AfterSubmit>,
  noResponseAdvice?: string,
) {
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const [pending, setPending] = useState(false);
  // State is too late for the second of two quick clicks.
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
