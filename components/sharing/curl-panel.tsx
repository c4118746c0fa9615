import { CopyButton } from "@/components/ui/copy-button";

type CurlPanelProps = {
  /** What the command speaks to: "Hero". */
  to: string;
  text: string;
  command: string;
};

/** A command for a shell, to read and to copy. */
export function CurlPanel({ to, text, command }: CurlPanelProps) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-semibold">To {to}</h3>
        <CopyButton value={command} label={`Copy the call to ${to}`} size="sm" />
      </div>
      <p className="max-w-prose text-sm text-muted">{text}</p>
      {/* Scrolls sideways on phones, so it takes focus for the arrow keys. */}
      <pre
        tabIndex={0}
        aria-label={`The call to ${to}`}
        role="region"
        className="overflow-x-auto rounded-md border border-line bg-sunken p-3 font-mono text-sm"
      >
        {command}
      </pre>
    </div>
  );
}
