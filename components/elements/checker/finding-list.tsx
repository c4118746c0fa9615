import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import type { Finding } from "@/embed/checker/page";

/** Each finding with the line to change or add. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  return (
    <ol className="flex flex-col gap-3">
      {findings.map(({ code, severity, message, fix }) => (
        <li key={`${code} ${fix}`}>
          <Notice
            tone={severity === "error" ? "danger" : "warning"}
            title={severity === "error" ? "Error" : "Warning"}
          >
            <p>{message}</p>
            <div className="mt-2 flex items-start gap-2">
              <code className="min-w-0 flex-1 rounded-md border border-line bg-surface p-2 font-mono text-sm wrap-anywhere whitespace-pre-wrap text-ink">
                {fix}
              </code>
              <CopyButton value={fix} label={`Copy the fix for ${code}`} iconOnly />
            </div>
          </Notice>
        </li>
      ))}
    </ol>
  );
}
