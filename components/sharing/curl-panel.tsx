import { CopyButton } from "@/components/ui/copy-button";

type CurlPanelProps = {
  /** Which API the command calls. */
  target: string;
  description: string;
  command: string;
};

/** A shell command to read and copy. */
export function CurlPanel({ target, description, command }: CurlPanelProps) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-semibold">{target}</h3>
        <CopyButton value={command} label={`Copy command for ${target}`} size="sm" />
      </div>
      <p className="max-w-prose text-sm text-muted">{description}</p>
      {/* Scrolls sideways on phones, so it must take focus for the arrow keys. */}
      <pre
        tabIndex={0}
        aria-label={`Command for ${target}`}
        role="region"
        className="overflow-x-auto rounded-md border border-line bg-sunken p-3 font-mono text-sm"
      >
        {command}
      </pre>
    </div>
  );
}
