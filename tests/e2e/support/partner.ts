import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { browserSnippets, serverSnippets } from "@/components/elements/snippets/snippets";
import { type BrowserKind, policyLines } from "@/components/elements/snippets/policy";
import type { SnippetConfig, SnippetFile } from "@/components/elements/snippets/snippet";
import { findFreePort } from "@/scripts/ports";
import { readBody, send, startPageServer } from "./page-server";

export type PartnerSetup = {
  facts: SnippetConfig;
  /** A portal API key, in the environment of the partner's server only. */
  apiKey: string;
  /** Hero's ID of the patient on the partner's page. */
  patientId: string;
};

const filesOf = <Kind extends string>(
  list: readonly { kind: Kind; createFiles: (facts: SnippetConfig) => SnippetFile[] }[],
  kind: Kind,
  facts: SnippetConfig,
) => list.find((snippet) => snippet.kind === kind)?.createFiles(facts) ?? [];

/**
 * A partner's product: a server on its own origin with the snippets exactly as shown, under the content
 * security policy shown with them.
 */
export async function startPartner() {
  mkdirSync("node_modules/.cache", { recursive: true });
  const folder = mkdtempSync(resolve("node_modules/.cache/partner-"));
  const children: ChildProcess[] = [];
  let handleRequest: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
  const server = await startPageServer((request, response) => handleRequest(request, response));

  function save(path: string, text: string): string {
    const fullPath = join(folder, path);
    mkdirSync(dirname(fullPath), { recursive: true });
    writeFileSync(fullPath, text);
    return fullPath;
  }
  const saveAll = (files: readonly SnippetFile[]) => {
    for (const { path, code } of files) save(path, code);
  };

  /** The partner's own records. */
  const recordsModule = (patientId: string) =>
    `export const heroPatientId = async () => ${JSON.stringify(patientId)};\n`;

  /** Runs the Node snippet in its own process, the only one with the key. */
  async function startNodeServer({ facts, apiKey, patientId }: PartnerSetup) {
    saveAll(filesOf(serverSnippets, "node", facts));
    save("records.mjs", recordsModule(patientId));
    const port = await findFreePort();
    const child = spawn(process.execPath, [join(folder, "hero-session.mjs")], {
      env: { NODE_ENV: "production", PORT: String(port), PORTAL_API_KEY: apiKey },
      stdio: "ignore",
    });
    children.push(child);
    const url = `http://127.0.0.1:${port}/hero-session`;
    for (let attempts = 0; ; attempts++) {
      const response = await fetch(url).catch(() => undefined);
      if (response) break;
      if (attempts > 100) throw new Error("The Node snippet does not answer.");
      await sleep(50);
    }
    return () => fetch(url, { method: "POST" });
  }

  /** The route of the Next.js snippet, called as Next would. */
  async function loadNextRoute({ facts, apiKey, patientId }: PartnerSetup) {
    saveAll(filesOf(browserSnippets, "next", facts));
    save("app/hero-session/records.ts", recordsModule(patientId));
    const outfile = join(folder, `route-${randomUUID()}.mjs`);
    await build({
      entryPoints: [join(folder, "app/hero-session/route.ts")],
      bundle: true,
      format: "esm",
      outfile,
      define: { "process.env.PORTAL_API_KEY": JSON.stringify(apiKey) },
    });
    const route: { POST: (request: Request) => Promise<Response> } = await import(
      pathToFileURL(outfile).href
    );
    return () => route.POST(new Request("http://partner.example/hero-session", { method: "POST" }));
  }

  /** A page with only the component; in development React mounts twice. */
  async function bundle(file: string, name: string, mode: "development" | "production") {
    cpSync("public/embed/v2.d.ts", join(folder, dirname(file), "hero-portal.d.ts"));
    const entry = save(
      "entry.tsx",
      `import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import * as snippet from "./${file.replace(/\.tsx$/, "")}";
const Element = snippet.${name};
const root = createRoot(document.querySelector("main")!);
root.render(<StrictMode><Element /></StrictMode>);
Object.assign(window, { leave: () => root.unmount() });
`,
    );
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      jsx: "automatic",
      define: { "process.env.NODE_ENV": JSON.stringify(mode) },
    });
    return outputFiles[0]?.text ?? "";
  }

  const renderPage = (body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Partner</title></head>
<body><h1>Partner</h1>${body}</body></html>`;

  async function buildFiles(kind: BrowserKind, facts: SnippetConfig) {
    const files = new Map<string, string>();
    if (kind === "html" || kind === "iframe") {
      for (const { path, code } of filesOf(browserSnippets, kind, facts))
        files.set(`/${path}`, code);
      return { files, page: renderPage(files.get("/messages.html") ?? "") };
    }
    saveAll(filesOf(browserSnippets, kind, facts));
    const script =
      kind === "react"
        ? await bundle("hero-element.tsx", "HeroElement", "development")
        : await bundle("app/messages/page.tsx", "default", "production");
    files.set("/app.js", script);
    return { files, page: renderPage('<main></main><script src="/app.js" defer></script>') };
  }

  return {
    port: server.port,
    origin: `http://partner.localhost:${server.port}`,
    /** The same pages on an origin that is not allowed. */
    unlistedOrigin: `http://stranger.localhost:${server.port}`,

    /** Serves the snippet's page at `/`. */
    async serveSnippet(kind: BrowserKind, setup: PartnerSetup): Promise<void> {
      const { facts } = setup;
      const { files, page } = await buildFiles(kind, facts);
      const createSession =
        kind === "next" ? await loadNextRoute(setup) : await startNodeServer(setup);
      handleRequest = async (request, response) => {
        const path = request.url ?? "";
        if (path === "/hero-session") {
          await readBody(request);
          const session = await createSession();
          return send(response, "application/json", await session.text(), {}, session.status);
        }
        if (path !== "/") return send(response, "text/javascript", files.get(path) ?? "");
        const nonce = randomUUID();
        const policy = ["default-src 'none'", ...policyLines(kind, facts)].join("; ");
        send(response, "text/html", page.replaceAll('"NONCE"', `"${nonce}"`), {
          "content-security-policy": policy.replace("'nonce-NONCE'", `'nonce-${nonce}'`),
        });
      };
    },

    stop: async () => {
      await server.stop();
      for (const child of children) {
        child.kill();
        if (child.exitCode === null && child.signalCode === null) await once(child, "close");
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Partner = Awaited<ReturnType<typeof startPartner>>;
