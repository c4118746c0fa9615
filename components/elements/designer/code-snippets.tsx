import { browserSnippets, serverSnippets } from "@/components/elements/snippets/snippets";
import { policyLines } from "@/components/elements/snippets/policy";
import type { SnippetConfig, SnippetFile } from "@/components/elements/snippets/snippet";
import { CopyButton } from "@/components/ui/copy-button";
import { Tabs } from "./tabs";

export function CodeSnippets({ config }: { config: SnippetConfig }) {
  return (
    <div className="flex flex-col gap-8">
      <section aria-labelledby="code-page">
        <h3 id="code-page" className="text-lg font-semibold">
          In your page
        </h3>
        <p className="mt-0.5 mb-3 max-w-prose text-muted">
          Your page gets a session from your own server. Each example comes with the content
          security policy that it needs.
        </p>
        <Tabs
          label="Code for your page"
          tabs={browserSnippets.map(({ kind, name, createFiles }) => ({
            kind,
            name,
            panel: (
              <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
                <SnippetFiles files={createFiles(config)} />
                <PolicyBlock lines={policyLines(kind, config)} />
              </div>
            ),
          }))}
        />
      </section>
      <section aria-labelledby="code-server">
        <h3 id="code-server" className="text-lg font-semibold">
          On your server
        </h3>
        <p className="mt-0.5 mb-3 max-w-prose text-muted">
          Your server creates the session with an API key that can create element sessions. Keep the
          key on the server: <code className="font-mono">PORTAL_API_KEY</code> must never be in a
          page.
        </p>
        <Tabs
          label="Code for your server"
          tabs={serverSnippets.map(({ kind, name, createFiles }) => ({
            kind,
            name,
            panel: <SnippetFiles files={createFiles(config)} />,
          }))}
        />
      </section>
    </div>
  );
}

const SnippetFiles = ({ files }: { files: readonly SnippetFile[] }) => (
  <div className="flex min-w-0 flex-col gap-4">
    {files.map(({ path, code }) => (
      <CodeBlock key={path} title={path} text={code} isFile />
    ))}
  </div>
);

function PolicyBlock({ lines }: { lines: readonly string[] }) {
  const hasNonce = lines.some((line) => line.includes("NONCE"));
  return (
    <div className="min-w-0">
      <CodeBlock title="Content-Security-Policy" text={lines.join(";\n")} />
      <p className="mt-2 text-sm text-muted">
        Add these sources to your page's policy.
        {hasNonce ? " Replace NONCE with a new value for each response." : null}
      </p>
    </div>
  );
}

type CodeBlockProps = { title: string; text: string; isFile?: boolean };

function CodeBlock({ title, text, isFile = false }: CodeBlockProps) {
  return (
    <div className="overflow-hidden rounded-md border border-line bg-sunken">
      <div className="flex items-center justify-between gap-2 border-b border-line py-1.5 pr-1.5 pl-3">
        <span className={`min-w-0 text-sm wrap-anywhere text-muted ${isFile ? "font-mono" : ""}`}>
          {title}
        </span>
        <CopyButton value={text} label={`Copy ${title}`} iconOnly size="sm" variant="quiet" />
      </div>
      {/* Focusable, so that the arrow keys can scroll it. Long lines wrap; they are copied whole. */}
      <pre
        tabIndex={0}
        role="region"
        aria-label={title}
        className="max-h-128 overflow-auto p-3 font-mono text-sm wrap-anywhere whitespace-pre-wrap focus-visible:-outline-offset-2"
      >
        {text}
      </pre>
    </div>
  );
}
