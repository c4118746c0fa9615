/** @jsxImportSource hono/jsx */
import { isLocalDate } from "../state/time";

/** A message and the id of the field it is about. */
export interface FieldError {
  field: string;
  message: string;
}

/** Takes focus when the page opens and links to each field. */
export function ErrorSummary({ errors }: { errors: FieldError[] }) {
  if (errors.length === 0) return null;
  return (
    <div class="errors" role="alert" tabindex={-1} autofocus aria-labelledby="errors-title">
      <h2 id="errors-title">There is a problem</h2>
      <ul>
        {errors.map((error) => (
          <li key={error.field}>
            <a href={`#${error.field}`}>{error.message}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function TextField(props: {
  id: string;
  label: string;
  hint?: string;
  value?: string;
  error?: string;
  type?: "text" | "email";
  isNumeric?: boolean;
  autocomplete?: string;
}) {
  const describedBy = [props.hint && `${props.id}-hint`, props.error && `${props.id}-error`]
    .filter(Boolean)
    .join(" ");
  return (
    <div class={props.error ? "field invalid" : "field"}>
      <label for={props.id}>{props.label}</label>
      {props.hint && (
        <p class="hint" id={`${props.id}-hint`}>
          {props.hint}
        </p>
      )}
      {props.error && (
        <p class="error" id={`${props.id}-error`}>
          {props.error}
        </p>
      )}
      <input
        id={props.id}
        name={props.id}
        type={props.type ?? "text"}
        inputmode={props.isNumeric ? "numeric" : undefined}
        autocomplete={props.autocomplete ?? "off"}
        maxlength={254}
        value={props.value ?? ""}
        aria-describedby={describedBy || undefined}
        aria-invalid={props.error ? "true" : undefined}
      />
    </div>
  );
}

export interface DateOfBirthInput {
  day: string;
  month: string;
  year: string;
}

export function DateOfBirthFields({ value, error }: { value?: DateOfBirthInput; error?: string }) {
  const describedBy = error ? "date-of-birth-hint date-of-birth-error" : "date-of-birth-hint";
  const dateInput = (id: "day" | "month" | "year", label: string, autocomplete: string) => (
    <div>
      <label for={id}>{label}</label>
      <input
        id={id}
        name={id}
        class={id}
        type="text"
        inputmode="numeric"
        maxlength={4}
        autocomplete={autocomplete}
        value={value?.[id] ?? ""}
        aria-invalid={error ? "true" : undefined}
      />
    </div>
  );
  return (
    <fieldset class={error ? "field invalid" : "field"} aria-describedby={describedBy}>
      <legend>Date of birth</legend>
      <p class="hint" id="date-of-birth-hint">
        For example, 27 3 1984
      </p>
      {error && (
        <p class="error" id="date-of-birth-error">
          {error}
        </p>
      )}
      <div class="date-of-birth">
        {dateInput("day", "Day", "bday-day")}
        {dateInput("month", "Month", "bday-month")}
        {dateInput("year", "Year", "bday-year")}
      </div>
    </fieldset>
  );
}

/** Returns the date as `YYYY-MM-DD`, or the first error. */
export function parseDateOfBirth(
  input: DateOfBirthInput,
  today: string,
): { date: string; error: null } | { date: null; error: FieldError } {
  const invalidDate = (field: string, message: string) => ({
    date: null,
    error: { field, message },
  });
  const { day, month, year } = input;
  if (!day && !month && !year) return invalidDate("day", "Enter your date of birth");
  if (!/^\d{1,2}$/.test(day))
    return invalidDate("day", "Enter the day as a number, for example 27");
  if (!/^\d{1,2}$/.test(month))
    return invalidDate("month", "Enter the month as a number, for example 3");
  if (!/^\d{4}$/.test(year)) return invalidDate("year", "Enter the year with four digits");
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  if (!isLocalDate(date)) return invalidDate("day", "Enter a date that exists");
  if (date > today) return invalidDate("year", "Your date of birth must be in the past");
  return { date, error: null };
}
