import { ChevronRight } from "lucide-react";
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
            <summary className="flex min-h-11 cursor-pointer items-center gap-x-3 px-4 max-sm:flex-wrap py-2 hover:bg-hover/60 focus-visible:-outline-offset-2">
              <ChevronRight
                aria-hidden="true"
                className="size-4 shrink-0 text-subtle group-open:rotate-90"
              />
              <code className="min-w-0 font-mono font-medium wrap-anywhere sm:w-80">{type}</code>
              <span className="text-sm text-muted max-sm:w-full max-sm:pl-7">{label}</span>
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
