"use client";

import { useRef, useState } from "react";
import type { FieldValues, Path, UseFormReturn } from "react-hook-form";
import { type CallFailure, readFailure } from "@/components/client";
import type { SummaryError } from "@/components/ui/error-summary";

/** What the form does next: `leaving` keeps its button pending until the next page is there. */
export type AfterCall = "leaving" | "staying";

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
  const place = ({ field = "" }: SummaryError) =>
    fields.includes(field) ? fields.indexOf(field) : fields.length;
  return flattenErrors(errors).sort((one, other) => place(one) - place(other));
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
 * @param afterNoAnswer what to do when no answer came, where that is more than trying again
 */
export function useFormCall<Values extends FieldValues, Sent>(
  form: UseFormReturn<Values, unknown, Sent>,
  fields: readonly Path<Values>[],
  send: (values: Sent) => Promise<AfterCall>,
  afterNoAnswer?: string,
) {
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const [pending, setPending] = useState(false);
  // State is too late for the second of two quick clicks.
  const busy = useRef(false);

  function showFailure(failure: CallFailure) {
    const found = Object.entries(failure.fieldErrors).map(([name, message]) => ({
      field: fields.find((each) => each === name),
      message,
    }));
    for (const { field, message } of found) {
      if (field) form.setError(field, { type: "server", message });
    }
    if (found.length > 0) return setErrors(found);
    const advice = failure.wasAnswered ? undefined : afterNoAnswer;
    setErrors([{ message: [describeFailure(failure), advice].filter(Boolean).join(" ") }]);
  }

  const validate = form.handleSubmit(
    async (values) => {
      setPending(true);
      setErrors([]);
      let after: AfterCall = "staying";
      try {
        after = await send(values);
      } catch (error) {
        showFailure(readFailure(error));
      }
      if (after === "leaving") return;
      busy.current = false;
      setPending(false);
    },
    (invalid) => {
      busy.current = false;
      setErrors(listErrors(invalid, fields));
    },
  );

  function submit(event: { preventDefault: () => void }) {
    event.preventDefault();
    if (busy.current) return;
    busy.current = true;
    void validate();
  }

  return { submit, errors, pending };
}
