import { FieldError } from "@/components/ui/field";

type TellPatientFieldProps = {
  name: string;
  /** What Hero tells the patient about: "the booking". */
  subject: string;
  value: boolean | null;
  onChange: (value: boolean) => void;
  error: string | undefined;
};

/** Whether Hero writes to the patient. Neither answer is preselected. */
export function TellPatientField({ name, subject, value, onChange, error }: TellPatientFieldProps) {
  const choices = [
    { isTold: true, text: `Yes. Hero sends the patient a message about ${subject}.` },
    { isTold: false, text: "No. Hero sends nothing. Tell the patient yourself." },
  ];
  return (
    <fieldset aria-describedby={error ? `${name}-error` : undefined}>
      <legend className="mb-1.5 font-medium">Tell the patient</legend>
      {error ? (
        <FieldError id={`${name}-error`} className="mb-1.5">
          {error}
        </FieldError>
      ) : null}
      <div className="flex flex-col gap-1.5">
        {choices.map(({ isTold, text }, index) => (
          <label key={text} className="flex min-h-8 cursor-pointer items-start gap-2">
            <input
              type="radio"
              id={index === 0 ? name : undefined}
              name={name}
              className="mt-0.5 size-4 shrink-0 accent-accent"
              checked={value === isTold}
              onChange={() => onChange(isTold)}
            />
            {text}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
