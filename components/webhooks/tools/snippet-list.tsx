import { CopyButton } from "@/components/ui/copy-button";
import { verificationSnippets } from "./snippets";

/** Verification in several languages, each opened on request. */
export function SnippetList() {
  return (
    <div className="divide-y divide-line">
      {verificationSnippets.map(({ language, file, code }) => (
        <details key={file} className="py-3">
          <summary className="w-fit cursor-pointer font-medium">{language}</summary>
          <div className="mt-3 flex flex-col gap-2">
            <div className="flex flex-wrap items-center justify-between gap-2">
              <code className="font-mono text-sm text-muted">{file}</code>
              <CopyButton value={code} label={`Copy ${language} code`} size="sm" />
            </div>
            <pre
              // It scrolls sideways.
              tabIndex={0}
              role="region"
              aria-label={`${language} code`}
              className="overflow-x-auto rounded-md border border-line bg-sunken p-3 font-mono text-sm"
            >
              {code}
            </pre>
          </div>
        </details>
      ))}
    </div>
  );
}
