import { CodeBlock } from "@/components/ui/code-block";
import type { ApiOperation } from "@/server/schemas/api-docs";
import { FieldTable } from "./field-table";
import { Prose } from "./prose";

type OperationProps = { operation: ApiOperation; example: string | undefined };

/** One operation: its request, its responses and an example to copy. */
export function Operation({ operation, example }: OperationProps) {
  const { id, method, path, summary, description, parameters, bodies, responses } = operation;
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4 border-t border-line pt-8">
      <div>
        <h2 id={id} className="scroll-mt-28 text-xl font-semibold">
          {summary}
        </h2>
        <p className="mt-1.5 font-mono text-base wrap-anywhere">
          <strong className="font-bold">{method}</strong> {path}
        </p>
        <p className="mt-2 max-w-prose text-muted">
          <Prose text={description} />
        </p>
      </div>
      {example ? <CodeBlock caption="Example" title={summary} code={example} /> : null}
      {parameters.length > 0 ? (
        <div>
          <h3 className="mb-2 font-semibold">Parameters</h3>
          <FieldTable label={`Parameters: ${summary}`} fields={parameters} />
        </div>
      ) : null}
      {bodies.map(({ name, fields }) => (
        <div key={name}>
          <h3 className="mb-2 font-semibold">{name ? `Body: ${name.toLowerCase()}` : "Body"}</h3>
          <FieldTable label={`Body: ${summary} ${name}`} fields={fields} />
        </div>
      ))}
      <div>
        <h3 className="mb-2 font-semibold">Responses</h3>
        <dl className="grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[auto_minmax(0,1fr)]">
          {responses.map((response) => (
            <div key={response.status} className="contents">
              <dt className="font-mono font-medium max-sm:mt-1.5">{response.status}</dt>
              <dd className="text-muted">
                <Prose text={response.description} />
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}
