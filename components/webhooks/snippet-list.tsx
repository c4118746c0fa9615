import { ChevronRight } from "lucide-react";
import { CodeBlock } from "@/components/ui/code-block";

/** A function that verifies what arrives, in one language. */
export type VerificationSnippet = { language: string; file: string; code: string };

/** How to verify what arrives in several languages, each opened on request. */
export function SnippetList({ snippets }: { snippets: readonly VerificationSnippet[] }) {
  return (
    <div className="divide-y divide-line">
      {snippets.map(({ language, file, code }) => (
        <details key={file} className="group py-2.5 first:pt-0 last:pb-0">
          <summary className="flex min-h-6 w-fit cursor-pointer items-center gap-2 font-medium pointer-coarse:min-h-11">
            <ChevronRight
              aria-hidden="true"
              className="size-4 shrink-0 text-subtle group-open:rotate-90"
            />
            {language}
          </summary>
          <div className="mt-3">
            <CodeBlock caption={file} title={`${language} code`} code={code} />
          </div>
        </details>
      ))}
    </div>
  );
}
