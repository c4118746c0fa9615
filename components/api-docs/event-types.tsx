import { CodeBlock } from "@/components/ui/code-block";
import type { ApiEventType } from "@/server/schemas/api-docs";
import { FieldTable } from "./field-table";

/** The event types: each opens to the fields of its `data` and an example. */
export function EventTypes({ eventTypes }: { eventTypes: readonly ApiEventType[] }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {eventTypes.map(({ type, label, fields, example }) => (
        <li key={type}>
          <details id={`event-${type}`} className="group scroll-mt-28">
            <summary className="flex min-h-11 cursor-pointer flex-wrap items-center gap-x-4 px-4 py-2 hover:bg-hover/60 focus-visible:-outline-offset-2">
              <code className="font-mono font-medium wrap-anywhere">{type}</code>
              <span className="text-sm text-muted">{label}</span>
            </summary>
            <div className="flex flex-col gap-4 border-t border-line p-4">
              <FieldTable label={`Data of ${type}`} fields={fields} isResponse />
              <CodeBlock caption="Example" title={type} code={example} />
            </div>
          </details>
        </li>
      ))}
    </ul>
  );
}
