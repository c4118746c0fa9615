import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { browserSnippets, serverSnippets } from "@/components/elements/snippets/all";
import { type BrowserKind, policyFor } from "@/components/elements/snippets/policy";
import type { SnippetFacts, SnippetFile } from "@/components/elements/snippets/snippet";
import { findFreePort } from "@/scripts/ports";
import { readText, send, servePages } from "./page-server";

export type PartnerFacts = {
  facts: SnippetFacts;
  /** A portal API key, in the surroundings of the partner's server only. */
  apiKey: string;
  /** Hero's id of the patient whom the partner's signed-in person has open. */
  patientId: string;
};

const filesOf = <Kind extends string>(
  list: readonly { kind: Kind; makeFiles: (facts: SnippetFacts) => SnippetFile[] }[],
  kind: Kind,
  facts: SnippetFacts,
) => list.find((each) => each.kind === kind)?.makeFiles(facts) ?? [];

/**
 * A partner's product: its own server on an origin of its own, with the snippets saved in it as they are
 * shown, their pages under the policy that is printed beside them and nothing more.
 */
export async function startPartner() {
  mkdirSync("node_modules/.cache", { recursive: true });
  const folder = mkdtempSync(resolve("node_modules/.cache/partner-"));
  const children: ChildProcess[] = [];
  let answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
  const server = await servePages((request, response) => answer(request, response));

  function save(path: string, text: string): string {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  }
  const saveAll = (files: readonly SnippetFile[]) => {
    for (const { file, code } of files) save(file, code);
  };

  /** What the partner's own records say of whoever is signed in. */
  const recordsOf = (patientId: string) =>
    `export const heroPatientId = async () => ${JSON.stringify(patientId)};\n`;

  /** The Node snippet in a process of its own, the only one that holds the key. */
  async function startNodeServer({ facts, apiKey, patientId }: PartnerFacts) {
    saveAll(filesOf(serverSnippets, "node", facts));
    save("records.mjs", recordsOf(patientId));
    const port = await findFreePort();
    const child = spawn(process.execPath, [join(folder, "hero-session.mjs")], {
      env: { NODE_ENV: "production", PORT: String(port), PORTAL_API_KEY: apiKey },
      stdio: "ignore",
    });
    children.push(child);
    const url = `http://127.0.0.1:${port}/hero-session`;
    for (let tries = 0; ; tries++) {
      const there = await fetch(url).catch(() => undefined);
      if (there) break;
      if (tries > 100) throw new Error("The Node snippet does not answer.");
      await sleep(50);
    }
    return () => fetch(url, { method: "POST" });
  }

  /** The route of the Next.js snippet, called as Next would. */
  async function loadNextRoute({ facts, apiKey, patientId }: PartnerFacts) {
    saveAll(filesOf(browserSnippets, "next", facts));
    save("app/hero-session/records.ts", recordsOf(patientId));
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

  /** The component as the only thing on a page; in development React mounts everything twice. */
  async function bundle(file: string, name: string, mode: "development" | "production") {
    cpSync("public/embed/v1.d.ts", join(folder, dirname(file), "hero-portal.d.ts"));
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

  const pageOf = (inside: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Partner</title></head>
<body><h1>Partner</h1>${inside}</body></html>`;

  async function collect(kind: BrowserKind, facts: SnippetFacts) {
    const files = new Map<string, string>();
    if (kind === "html" || kind === "iframe") {
      for (const { file, code } of filesOf(browserSnippets, kind, facts))
        files.set(`/${file}`, code);
      return { files, page: pageOf(files.get("/messages.html") ?? "") };
    }
    saveAll(filesOf(browserSnippets, kind, facts));
    const script =
      kind === "react"
        ? await bundle("hero-element.tsx", "HeroElement", "development")
        : await bundle("app/messages/page.tsx", "default", "production");
    files.set("/app.js", script);
    return { files, page: pageOf('<main></main><script src="/app.js" defer></script>') };
  }

  return {
    port: server.port,
    origin: `http://partner.localhost:${server.port}`,
    /** The same pages on an origin that is on no list. */
    strangeOrigin: `http://stranger.localhost:${server.port}`,

    /** Serves the snippet's page at `/`, from now on. */
    async show(kind: BrowserKind, given: PartnerFacts): Promise<void> {
      const { facts } = given;
      const { files, page } = await collect(kind, facts);
      const makeSession =
        kind === "next" ? await loadNextRoute(given) : await startNodeServer(given);
      answer = async (request, response) => {
        const path = request.url ?? "";
        if (path === "/hero-session") {
          await readText(request);
          const made = await makeSession();
          return send(response, "application/json", await made.text(), {}, made.status);
        }
        if (path !== "/") return send(response, "text/javascript", files.get(path) ?? "");
        const nonce = randomUUID();
        const policy = ["default-src 'none'", ...policyFor(kind, facts)].join("; ");
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
