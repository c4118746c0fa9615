import { ExternalLink } from "lucide-react";
import { CopyButton } from "@/components/ui/copy-button";

/** The address of a live link, to copy or to open as a patient sees it. */
export function ShareLink({ url }: { url: string }) {
  return (
    <div className="mt-4 flex flex-wrap items-center gap-2">
      <code className="min-w-0 flex-1 basis-72 rounded-md border border-line bg-surface px-3 py-2 font-mono text-base break-all select-all">
        {url}
      </code>
      <CopyButton value={url} label="Copy link" variant="primary" />
      <a
        href={url}
        target="_blank"
        rel="noopener noreferrer"
        className="inline-flex min-h-9 items-center gap-2 rounded-md border border-line bg-surface px-3.5 py-1.5 font-medium shadow-sm transition-colors hover:bg-hover pointer-coarse:min-h-11 print:hidden"
      >
        <ExternalLink aria-hidden="true" className="size-4 shrink-0" />
        Open as a patient
        <span className="sr-only"> (opens in a new tab)</span>
      </a>
    </div>
  );
}
