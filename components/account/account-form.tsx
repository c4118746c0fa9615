"use client";

import { type ReactNode, useActionState, useEffect, useRef, useState } from "react";
import { buttonClasses } from "@/components/ui/button-classes";
import { ErrorSummary } from "@/components/ui/error-summary";
import { newVersionText } from "@/components/ui/new-version";
import { type FormAction, type FormState, initialFormState } from "./form-state";
import { NewVersionBoundary } from "./new-version-boundary";

type AccountFormProps = {
  action: FormAction;
  submitLabel: string;
  pendingLabel: string;
  /** The fields, given the state after the last submission. */
  children: (state: FormState) => ReactNode;
  /** Below the form, such as another form. */
  renderBelow?: (state: FormState) => ReactNode;
  /** Replaces the form once it is done. */
  renderDone?: (state: FormState) => ReactNode;
};

/** Where what was typed waits while the page is reloaded; never a password. */
const storageKey = "account-form";

function takeStoredValues(): Record<string, string> | null {
  const stored = sessionStorage.getItem(storageKey);
  sessionStorage.removeItem(storageKey);
  const { path, values } = JSON.parse(stored ?? "{}") as {
    path?: string;
    values?: Record<string, string>;
  };
  return path === location.pathname && values ? values : null;
}

function readTypedValues(form: HTMLFormElement): Record<string, string> {
  const inputs = [...form.querySelectorAll<HTMLInputElement>("input[name]")];
  const typed = inputs.filter(({ type }) => type === "text" || type === "email");
  return Object.fromEntries(typed.map(({ name, value }) => [name, value]));
}

/**
 * A form of the account pages. It uses a server action, so it also works before scripts have loaded. When
 * the portal was updated since the page was loaded, what was typed stays, also after the reload.
 */
export function AccountForm(props: AccountFormProps) {
  const [start, setStart] = useState({ state: initialFormState, times: 0 });
  const typedValues = useRef<Record<string, string>>({});
  const startAgain = (state: Partial<FormState>) =>
    setStart(({ times }) => ({ state: { ...initialFormState, ...state }, times: times + 1 }));

  useEffect(() => {
    const values = takeStoredValues();
    if (values) startAgain({ values });
  }, []);

  return (
    <NewVersionBoundary
      key={start.times}
      onNewVersion={() =>
        startAgain({ values: typedValues.current, errors: [{ message: newVersionText }] })
      }
    >
      <FormFields
        {...props}
        initialState={start.state}
        onSubmit={(values) => {
          typedValues.current = values;
        }}
      />
    </NewVersionBoundary>
  );
}

type FormFieldsProps = AccountFormProps & {
  initialState: FormState;
  onSubmit: (typedValues: Record<string, string>) => void;
};

function FormFields({
  action,
  submitLabel,
  pendingLabel,
  children,
  renderBelow,
  renderDone,
  initialState,
  onSubmit,
}: FormFieldsProps) {
  const [state, submit, isPending] = useActionState(action, initialState);
  if (state.isDone && renderDone) return renderDone(state);
  const isNewVersion = state.errors.some(({ message }) => message === newVersionText);

  function reload() {
    sessionStorage.setItem(
      storageKey,
      JSON.stringify({ path: location.pathname, values: state.values }),
    );
    location.reload();
  }

  const form = (
    <form
      action={submit}
      onSubmit={(event) => onSubmit(readTypedValues(event.currentTarget))}
      noValidate
      className="flex flex-col gap-5"
    >
      <ErrorSummary errors={state.errors} />
      {isNewVersion ? (
        <button type="button" onClick={reload} className={buttonClasses({}, "self-start")}>
          Reload
        </button>
      ) : null}
      {children(state)}
      {/* `aria-disabled` keeps the focus on the button while it waits. */}
      <button
        type="submit"
        aria-disabled={isPending || undefined}
        onClick={isPending ? (event) => event.preventDefault() : undefined}
        className={buttonClasses({ variant: "primary" }, "w-full")}
      >
        {isPending ? pendingLabel : submitLabel}
      </button>
    </form>
  );
  return (
    <>
      {form}
      {renderBelow?.(state)}
    </>
  );
}
