import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { type FormState, fieldValue } from "./form-state";
import { PasswordInput } from "./password-input";

export function EmailField({ state }: { state: FormState }) {
  return (
    <Field label="Email address" name="email" error={state.fieldErrors.email} required>
      {(ids) => (
        <Input
          {...ids}
          type="email"
          inputMode="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          defaultValue={fieldValue(state, "email")}
        />
      )}
    </Field>
  );
}

export function NameField({ state }: { state: FormState }) {
  return (
    <Field label="Your name" name="name" error={state.fieldErrors.name} required>
      {(ids) => <Input {...ids} autoComplete="name" defaultValue={fieldValue(state, "name")} />}
    </Field>
  );
}

export function NewPasswordField({ state, label }: { state: FormState; label: string }) {
  return (
    <Field
      label={label}
      name="password"
      hint="At least 12 characters. Three random words work well."
      error={state.fieldErrors.password}
      required
    >
      {(ids) => <PasswordInput ids={ids} autoComplete="new-password" />}
    </Field>
  );
}

export function PasswordField({
  state,
  label = "Password",
  hint,
}: {
  state: FormState;
  label?: string;
  hint?: string;
}) {
  return (
    <Field label={label} name="password" hint={hint} error={state.fieldErrors.password} required>
      {(ids) => <PasswordInput ids={ids} autoComplete="current-password" />}
    </Field>
  );
}
