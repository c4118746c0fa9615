import { CopyButton } from "./copy-button";

type CodeBlockProps = {
  code: string;
  /** The words above the code. */
  caption: string;
  /** Names the code for screen readers and its copy button, as in "Create a link". */
  title: string;
};

/** Code to read and to copy. */
export function CodeBlock({ code, caption, title }: CodeBlockProps) {
  return (
    <div className="overflow-hidden rounded-md border border-line bg-sunken">
      <div className="flex items-center justify-between gap-2 border-b border-line py-1.5 pr-1.5 pl-3">
        <span className="text-sm text-muted">{caption}</span>
        <CopyButton value={code} label={`Copy: ${title}`} iconOnly size="sm" variant="quiet" />
      </div>
      {/* Focusable, because it scrolls sideways on phones. */}
      <pre
        tabIndex={0}
        role="region"
        aria-label={`${caption}: ${title}`}
        className="overflow-x-auto p-3 font-mono text-sm focus-visible:-outline-offset-2"
      >
        {code}
      </pre>
    </div>
  );
}
