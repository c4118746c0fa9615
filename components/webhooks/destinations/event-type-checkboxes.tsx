import type { UseFormRegisterReturn } from "react-hook-form";
import { FieldError } from "@/components/ui/field";
import { eventLabel } from "@/components/webhooks/events/labels";
import { eventTypeNames } from "@/server/schemas/event-catalogue";

type EventTypeCheckboxesProps = {
  registration: UseFormRegisterReturn;
  error: string | undefined;
};

/** The event types that a destination receives. */
export function EventTypeCheckboxes({ registration, error }: EventTypeCheckboxesProps) {
  return (
    <fieldset aria-describedby={error ? "eventTypes-hint eventTypes-error" : "eventTypes-hint"}>
      <legend className="font-medium">
        Event types <span className="font-normal text-subtle">(optional)</span>
      </legend>
      <p id="eventTypes-hint" className="mt-1 mb-2 text-sm text-muted">
        Select none to receive every type, including types that are added later.
      </p>
      {error ? (
        <FieldError id="eventTypes-error" className="mb-2">
          {error}
        </FieldError>
      ) : null}
      <ul className="max-h-80 divide-y divide-line overflow-y-auto rounded-md border border-line">
        {eventTypeNames.map((type, index) => (
          <li key={type}>
            <label className="flex cursor-pointer items-start gap-3 px-3 py-2 hover:bg-hover">
              <input
                {...registration}
                type="checkbox"
                value={type}
                id={index === 0 ? "eventTypes" : `eventTypes-${index}`}
                className="mt-0.5 size-4 shrink-0 accent-(--accent) pointer-coarse:size-6"
              />
              <span className="min-w-0 flex-1">
                <span className="block">{eventLabel(type)}</span>
                <span className="block font-mono text-sm wrap-anywhere text-muted">{type}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
