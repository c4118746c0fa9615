import {
  type MessageChannel,
  recordCodes,
  type RecordWrite,
  recordWrites,
} from "@/server/schemas/messages";
import { whoCan } from "@/server/schemas/permissions";
import { recordWriteNames, recordWriteTexts } from "./labels";

type RecordWriteFieldProps = {
  channel: MessageChannel | null;
  value: RecordWrite;
  canWriteAutomatically: boolean;
  onChange: (value: RecordWrite) => void;
};

/** Whether the message is also written to the patient's record, and what that means. */
export function RecordWriteField(props: RecordWriteFieldProps) {
  const { channel, value, canWriteAutomatically, onChange } = props;
  const snomed = channel ? recordCodes[channel] : null;
  return (
    <fieldset>
      <legend className="text-lg font-semibold">Patient record</legend>
      <div className="mt-1.5 flex flex-col gap-1.5">
        {recordWrites.map((choice) => {
          const isDisabled = choice === "automatic" && !canWriteAutomatically;
          return (
            <label
              key={choice}
              className={`flex min-h-8 items-start gap-2 ${isDisabled ? "cursor-not-allowed text-muted" : "cursor-pointer"}`}
            >
              <input
                type="radio"
                name="recordWrite"
                className="mt-0.5 size-4 shrink-0 accent-accent"
                checked={value === choice}
                disabled={isDisabled}
                onChange={() => onChange(choice)}
              />
              <span>
                {recordWriteNames[choice]}
                <span className="block max-w-prose text-sm text-muted">
                  {isDisabled
                    ? whoCan("messages.write_to_record_automatically")
                    : recordWriteTexts[choice]}
                </span>
              </span>
            </label>
          );
        })}
      </div>
      {value !== "none" && snomed ? (
        <p className="mt-2 text-sm text-muted">
          The entry is coded “{snomed.term}” (SNOMED CT{" "}
          <span className="font-mono">{snomed.code}</span>).
        </p>
      ) : null}
    </fieldset>
  );
}
