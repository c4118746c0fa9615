import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { type EventType, eventTypeNames } from "@/server/schemas/event-catalogue";

type EventFilterProps = {
  scope: PortalScope;
  type: EventType | undefined;
  practiceId: string | undefined;
};

/** Shows the events of one type. A plain form, which works before the page's scripts have loaded. */
export function EventFilter({ scope, type, practiceId }: EventFilterProps) {
  return (
    <form
      action={portalPath(scope, "/webhooks/events")}
      className="mb-4 flex flex-wrap items-end gap-2"
    >
      {practiceId ? <input type="hidden" name="practice" value={practiceId} /> : null}
      <Field label="Event type" name="type" className="w-full sm:w-80">
        {(ids) => (
          <Select {...ids} defaultValue={type ?? ""} key={type}>
            {["", ...eventTypeNames].map((name) => (
              <option key={name} value={name}>
                {name || "All types"}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Button type="submit">Filter</Button>
    </form>
  );
}
