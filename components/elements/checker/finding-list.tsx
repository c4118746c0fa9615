import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import type { Finding } from "../../../embed/doctor/page";

/** What the doctor found, the worst first, each with the line to change or add. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  return (
    <ol className="flex flex-col gap-3">
      {findings.map(({ code, severity, says, line }) => (
        <li key={`${code} ${line}`}>
          <Notice
            tone={severity === "fault" ? "danger" : "warning"}
            title={severity === "fault" ? "Fault" : "Warning"}
          >
            <p>{says}</p>
            <div className="mt-2 flex items-start gap-2">
              <code className="min-w-0 flex-1 rounded-md border border-line bg-surface p-2 font-mono text-sm wrap-anywhere whitespace-pre-wrap text-ink">
                {line}
              </code>
              <CopyButton value={line} label={`Copy the line for ${code}`} iconOnly />
            </div>
          </Notice>
        </li>
      ))}
    </ol>
  );
}
