import { csharpSnippet } from "./csharp";
import { curlSnippet } from "./curl";
import { htmlSnippet } from "./html";
import { iframeSnippet } from "./iframe";
import { nextSnippet } from "./next";
import { nodeSnippet } from "./node";
import { phpSnippet } from "./php";
import type { BrowserKind } from "./policy";
import { pythonSnippet } from "./python";
import { reactSnippet } from "./react";
import type { SnippetConfig, SnippetFile } from "./snippet";

type Snippet<Kind extends string> = {
  kind: Kind;
  name: string;
  createFiles: (config: SnippetConfig) => SnippetFile[];
};

/** Code for the page. The Next.js example includes its server code. */
export const browserSnippets: readonly Snippet<BrowserKind>[] = [
  { kind: "html", name: "HTML", createFiles: htmlSnippet },
  { kind: "react", name: "React", createFiles: reactSnippet },
  { kind: "next", name: "Next.js", createFiles: nextSnippet },
  { kind: "iframe", name: "iframe", createFiles: iframeSnippet },
];

export type ServerKind = "node" | "python" | "php" | "csharp" | "curl";

/** Code for the server, which creates the session. */
export const serverSnippets: readonly Snippet<ServerKind>[] = [
  { kind: "node", name: "Node", createFiles: nodeSnippet },
  { kind: "python", name: "Python", createFiles: pythonSnippet },
  { kind: "php", name: "PHP", createFiles: phpSnippet },
  { kind: "csharp", name: "C#", createFiles: csharpSnippet },
  { kind: "curl", name: "curl", createFiles: curlSnippet },
];
