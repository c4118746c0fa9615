import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { browserSnippets, serverSnippets } from "@/components/elements/snippets/snippets";
import { loaderIntegrity } from "@/components/elements/snippets/integrity";
import { policyLines } from "@/components/elements/snippets/policy";
import type { SnippetConfig } from "@/components/elements/snippets/snippet";
import { runTask } from "@/scripts/processes";

const facts: SnippetConfig = {
  portal: "https://portal.example",
  elementsOrigin: "https://elements.example",
  placementId: "0199f3a0-1111-7222-8333-444455556666",
  practiceGroupId: "20533",
  environment: "staging",
  scriptHost: "https://scripts.htech.app",
  heroApi: "https://api.staging.htech.app",
};

const joinCode = (files: readonly { code: string }[]) => files.map(({ code }) => code).join("\n");

test.each(serverSnippets)(
  "$name: the server's code names the placement, practice and key",
  (snippet) => {
    const text = joinCode(snippet.createFiles(facts));
    expect(text).toContain("https://portal.example/api/v1/element-sessions");
    expect(text).toContain(facts.placementId);
    expect(text).toContain(facts.practiceGroupId);
    expect(text).toContain("PORTAL_API_KEY");
  },
);

test.each(browserSnippets)("$name: the page's code names the placement and no key", (snippet) => {
  const pages = snippet.createFiles(facts).filter(({ path }) => !path.endsWith("route.ts"));
  expect(joinCode(pages)).toContain(facts.placementId);
  expect(joinCode(pages)).not.toMatch(/PORTAL_API_KEY|authorization|api-key/i);
});

test.each([...browserSnippets, ...serverSnippets])(
  "$name: the code contains no key and no token",
  (snippet) => {
    expect(joinCode(snippet.createFiles(facts))).not.toMatch(/hpp_|eyJ|jwt-token/);
  },
);

test("every page that loads the loader pins its integrity", () => {
  for (const kind of ["html", "react", "next"]) {
    const files =
      browserSnippets.find((snippet) => snippet.kind === kind)?.createFiles(facts) ?? [];
    expect(joinCode(files), kind).toContain(loaderIntegrity);
  }
});

test("a partner's saved files compile against the portal's types", async () => {
  mkdirSync("node_modules/.cache", { recursive: true });
  const folder = mkdtempSync(resolve("node_modules/.cache/snippets-"));
  const save = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  try {
    for (const { kind, createFiles } of browserSnippets) {
      for (const { path, code } of createFiles(facts)) {
        save(join(kind, path), code);
        cpSync("public/embed/v2.d.ts", join(folder, kind, dirname(path), "hero-portal.d.ts"));
      }
    }
    save(
      "next/app/hero-session/records.ts",
      "export const heroPatientId = async (_request: Request): Promise<string | null> => null;",
    );
    save("listens.ts", listenerCode);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "ES2020",
      lib: ["dom", "dom.iterable", "ES2022"],
      module: "esnext",
      moduleResolution: "bundler",
      jsx: "react-jsx",
      types: ["node"],
    };
    save("tsconfig.json", JSON.stringify({ compilerOptions, include: ["**/*.ts", "**/*.tsx"] }));
    const { output } = await runTask("tsc", ["-p", folder]);
    expect(output).toBe("");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A TypeScript page that listens to every event. */
const listenerCode = `import "./react/hero-portal";

document.querySelector<HTMLElement>("hero-placement")?.addEventListener("hero:ready", (event) => {
  const seconds: number = event.detail.expiresIn;
  return seconds;
});
document.addEventListener("hero:warning", async (event) => {
  event.preventDefault();
  await event.detail.renew();
});
window.HeroPortal?.mount(document.body, {
  session: "secret",
  onEvent(event) {
    if (event.type === "hero:event") event.detail.hint satisfies true;
  },
}).unmount();
`;

test("the policy of each kind of page names the hosts it needs and no other", () => {
  const sandbox = {
    ...facts,
    environment: "sandbox" as const,
    portal: "http://localhost:3000",
    elementsOrigin: "http://elements.localhost:3000",
    scriptHost: "http://localhost:4010",
    heroApi: "http://localhost:4010",
  };
  expect(policyLines("html", sandbox)).toEqual([
    "script-src 'self' http://localhost:3000 http://localhost:4010",
    "connect-src 'self' http://localhost:3000 http://localhost:4010",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: http://localhost:4010",
    "font-src 'self' http://localhost:4010",
  ]);
  expect(policyLines("iframe", sandbox)).toEqual([
    "script-src 'nonce-NONCE'",
    "connect-src 'self'",
    "frame-src http://elements.localhost:3000",
  ]);
  expect(policyLines("html", facts)).toEqual([
    "script-src 'self' https://portal.example https://scripts.htech.app",
    "connect-src 'self' https://portal.example https://scripts.htech.app https://api.staging.htech.app",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: https://scripts.htech.app https://api.staging.htech.app",
    "font-src 'self' https://scripts.htech.app https://api.staging.htech.app",
  ]);
  expect(policyLines("react", facts)).toEqual(policyLines("html", facts));
  expect(policyLines("next", facts)).toEqual(policyLines("html", facts));
});

test("no policy allows inline scripts or eval", () => {
  for (const { kind } of browserSnippets) {
    const [scripts] = policyLines(kind, facts);
    expect(scripts).not.toMatch(/unsafe|\*/);
  }
});
