import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { commandVariableNames } from "@/scripts/settings";

const readText = (file: string) => readFileSync(file, "utf8");

/** Also files that are not committed yet, so that a rule speaks before the commit. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  encoding: "utf8",
  maxBuffer: 32 * 1024 * 1024,
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(file));

type LintCase = {
  /** Where the probe stands; the room decides which rules hold. */
  file: string;
  code: string;
  /** A piece of the message of the rule that must fire; without one, nothing may. */
  expectedMessage?: string;
};

const importOf = (name: string) => `import ${JSON.stringify(name)};\n`;

const importCases: LintCase[] = [
  { file: "app/a.ts", code: importOf("@/components/ui/button") },
  { file: "app/b.ts", code: importOf("@/server/portal/page-caller") },
  { file: "app/c.ts", code: importOf("@/server/tenancy/context") },
  { file: "app/d.ts", code: importOf("@/server/auth/index") },
  { file: "app/e.ts", code: importOf("@/db/client"), expectedMessage: "only services query" },
  { file: "app/f/g.ts", code: importOf("../../db/client"), expectedMessage: "only services query" },
  {
    file: "app/h.ts",
    code: importOf("@/server/hero/request"),
    expectedMessage: "in-process caller",
  },
  {
    file: "app/i.ts",
    code: importOf("@/server/crypto/tokens"),
    expectedMessage: "in-process caller",
  },
  {
    file: "app/j.ts",
    code: importOf("@/server/services/links/read"),
    expectedMessage: "in-process caller",
  },
  {
    file: "app/k.ts",
    code: `await import("@/db/client");`,
    expectedMessage: "only services query",
  },
  {
    file: "app/m.ts",
    code: importOf("@/server/routers/root"),
    expectedMessage: "in-process caller",
  },
  {
    file: "app/n.ts",
    code: importOf("@/server/trpc/context"),
    expectedMessage: "in-process caller",
  },
  { file: "app/l.ts", code: importOf("@/scripts/start"), expectedMessage: "What runs the product" },

  { file: "app/api/a.ts", code: importOf("@/server/services/health") },
  { file: "app/api/e.ts", code: importOf("@/server/routers/root") },
  {
    file: "app/api/f.ts",
    code: importOf("@/server/routers/links"),
    expectedMessage: "A route calls its one",
  },
  {
    file: "app/api/b.ts",
    code: importOf("@/db/client"),
    expectedMessage: "A route calls its one service",
  },
  {
    file: "app/api/c.ts",
    code: importOf("@/server/hero/a"),
    expectedMessage: "A route calls its one service",
  },
  {
    file: "app/api/d.ts",
    code: importOf("@/server/crypto/a"),
    expectedMessage: "A route calls its one",
  },

  { file: "components/a.ts", code: importOf("@/components/ui/button") },
  { file: "components/b.ts", code: importOf("@/server/schemas/links") },
  {
    file: "components/c.ts",
    code: `import type { R } from "@/server/routers/root"; export type S = R;`,
  },
  {
    file: "components/d.ts",
    code: `export { r } from "@/server/routers/root";`,
    expectedMessage: "`import type`",
  },
  {
    file: "components/k.ts",
    code: `import type { P } from "@/server/trpc/procedures"; export type S = P;`,
    expectedMessage: "the type of the root router",
  },
  {
    file: "components/l.ts",
    code: `import type { P } from "@/server/portal/page-caller"; export type S = P;`,
    expectedMessage: "the type of the root router",
  },
  {
    file: "components/m.ts",
    code: `import type { P } from "@/server/routers/links"; export type S = P;`,
    expectedMessage: "the type of the root router",
  },
  {
    file: "components/e.ts",
    code: importOf("@/server/services/links/read"),
    expectedMessage: "in the browser",
  },
  {
    file: "components/f.ts",
    code: importOf("../server/env"),
    expectedMessage: "run in the browser",
  },
  {
    file: "components/g.ts",
    code: importOf("@/db/schema/links"),
    expectedMessage: "takes what it shows",
  },
  { file: "components/h.ts", code: importOf("@/app/page"), expectedMessage: "takes what it shows" },
  { file: "components/i.ts", code: importOf("node:crypto"), expectedMessage: "run in the browser" },
  { file: "components/j.ts", code: importOf("server-only"), expectedMessage: "run in the browser" },

  { file: "server/routers/a.ts", code: importOf("../services/links/read") },
  { file: "server/routers/b.ts", code: importOf("../trpc/procedures") },
  { file: "server/routers/c.ts", code: importOf("../schemas/links") },
  {
    file: "server/routers/d.ts",
    code: importOf("@/db/client"),
    expectedMessage: "the service queries",
  },
  { file: "server/routers/e.ts", code: importOf("../hero/request"), expectedMessage: "calls Hero" },
  {
    file: "server/routers/f.ts",
    code: importOf("@/server/crypto/tokens"),
    expectedMessage: "opens secrets",
  },
  {
    file: "server/routers/g.ts",
    code: importOf("./links"),
    expectedMessage: "Routers do not know each other",
  },
  {
    file: "server/routers/h.ts",
    code: importOf("../v1/problems"),
    expectedMessage: "table of contents",
  },
  {
    file: "server/routers/root.ts",
    code: importOf("../services/links/read"),
    expectedMessage: "joins the routers",
  },

  { file: "server/http/a.ts", code: importOf("../errors") },
  { file: "server/http/b.ts", code: importOf("../hero/errors") },
  { file: "server/http/c.ts", code: importOf("@/db/errors") },
  { file: "server/http/d.ts", code: importOf("@/db/client"), expectedMessage: "does not query" },
  { file: "server/http/e.ts", code: importOf("../hero/request"), expectedMessage: "knows neither" },
  { file: "server/http/f.ts", code: importOf("../trpc/errors"), expectedMessage: "knows neither" },
  { file: "server/http/g.ts", code: importOf("../v1/problems"), expectedMessage: "knows neither" },
  {
    file: "server/http/h.ts",
    code: importOf("../services/links/read"),
    expectedMessage: "knows neither",
  },
  { file: "server/http/i.ts", code: importOf("@trpc/server"), expectedMessage: "knows neither" },

  { file: "server/trpc/a.ts", code: importOf("../http/errors") },
  { file: "server/trpc/b.ts", code: importOf("../v1/problems"), expectedMessage: "do not know" },
  {
    file: "server/trpc/c.ts",
    code: importOf("../routers/root"),
    expectedMessage: "never the other way round",
  },
  { file: "server/trpc/d.ts", code: importOf("@/db/client"), expectedMessage: "service queries" },

  { file: "server/portal/a.ts", code: importOf("../routers/root") },
  {
    file: "server/portal/b.ts",
    code: importOf("../services/accounts/me"),
    expectedMessage: "through the routers",
  },
  {
    file: "server/portal/c.ts",
    code: importOf("@/db/client"),
    expectedMessage: "through the routers",
  },

  { file: "server/v1/a.ts", code: importOf("../services/links/read") },
  { file: "server/v1/b.ts", code: importOf("../tenancy/context") },
  { file: "server/v1/g.ts", code: importOf("../http/errors") },
  {
    file: "server/v1/h.ts",
    code: importOf("../trpc/errors"),
    expectedMessage: "do not know each other",
  },
  { file: "server/v1/c.ts", code: importOf("@/db/client"), expectedMessage: "the service queries" },
  {
    file: "server/v1/d.ts",
    code: importOf("../hero/errors"),
    expectedMessage: "the service calls Hero",
  },
  { file: "server/v1/e.ts", code: importOf("../crypto/tokens"), expectedMessage: "opens secrets" },
  {
    file: "server/v1/f.ts",
    code: importOf("next/headers"),
    expectedMessage: "the route files are Next's",
  },

  { file: "server/services/a.ts", code: importOf("@/db/client") },
  { file: "server/services/b/c.ts", code: importOf("../../hero/request") },
  {
    file: "server/services/d.ts",
    code: importOf("../trpc/context"),
    expectedMessage: "how it is called",
  },
  {
    file: "server/services/j.ts",
    code: importOf("../http/errors"),
    expectedMessage: "how it is called",
  },
  {
    file: "server/services/i.ts",
    code: importOf("../v1/problems"),
    expectedMessage: "how it is called",
  },
  {
    file: "server/services/b/e.ts",
    code: importOf("../../routers/a"),
    expectedMessage: "how it is called",
  },
  {
    file: "server/services/f.ts",
    code: importOf("next/headers"),
    expectedMessage: "the web framework",
  },
  {
    file: "server/services/g.ts",
    code: importOf("@/components/ui/a"),
    expectedMessage: "Imports go one way",
  },
  {
    file: "server/services/h.ts",
    code: importOf("@/app/page"),
    expectedMessage: "Imports go one way",
  },

  { file: "server/hero/a.ts", code: importOf("zod") },
  { file: "server/hero/b.ts", code: importOf("../env") },
  { file: "server/hero/c.ts", code: importOf("./generated") },
  { file: "server/hero/d.ts", code: importOf("@/db/client"), expectedMessage: "keeps nothing" },
  {
    file: "server/hero/e.ts",
    code: importOf("../services/a"),
    expectedMessage: "the contract only",
  },
  {
    file: "server/hero/f.ts",
    code: importOf("../tenancy/context"),
    expectedMessage: "the contract only",
  },

  { file: "server/crypto/a.ts", code: importOf("node:crypto") },
  { file: "server/crypto/b.ts", code: importOf("../env") },
  { file: "server/crypto/c.ts", code: importOf("zod"), expectedMessage: "nothing else" },
  { file: "server/crypto/d.ts", code: importOf("../log"), expectedMessage: "nothing else" },
  { file: "server/crypto/e.ts", code: importOf("@/db/client"), expectedMessage: "nothing else" },

  { file: "server/schemas/a.ts", code: importOf("zod") },
  { file: "server/schemas/b.ts", code: importOf("./text") },
  { file: "server/schemas/c.ts", code: importOf("../env"), expectedMessage: "zod only" },
  { file: "server/schemas/a/a.ts", code: importOf("./rules") },
  { file: "server/schemas/a/b.ts", code: importOf("../text") },
  { file: "server/schemas/a/c.ts", code: importOf("../../env"), expectedMessage: "zod only" },
  {
    file: "server/tenancy/a.ts",
    code: importOf("../services/a"),
    expectedMessage: "beneath the services",
  },
  {
    file: "server/jobs/a.ts",
    code: importOf("@/components/ui/a"),
    expectedMessage: "Imports go one way",
  },

  { file: "db/a.ts", code: importOf("drizzle-orm") },
  { file: "db/b.ts", code: importOf("@/server/env") },
  {
    file: "db/c.ts",
    code: importOf("@/server/log"),
    expectedMessage: "Drizzle, postgres and server/env",
  },
  { file: "db/d.ts", code: importOf("../server/env"), expectedMessage: "by `@/`" },
  {
    file: "db/e.ts",
    code: `export { t } from "@/server/schemas/links";`,
    expectedMessage: "takes types",
  },
  { file: "db/f.ts", code: importOf("@/app/page"), expectedMessage: "Imports go one way" },

  { file: "sandbox/a.ts", code: importOf("hono") },
  {
    file: "sandbox/b.ts",
    code: `import type { T } from "@/server/hero/generated"; export type U = T;`,
  },
  {
    file: "sandbox/c.ts",
    code: `export { T } from "@/server/hero/generated";`,
    expectedMessage: "types only",
  },
  { file: "sandbox/d.ts", code: importOf("@/server/env"), expectedMessage: "a process of its own" },
  { file: "sandbox/e.ts", code: importOf("@/db/client"), expectedMessage: "a process of its own" },
  {
    file: "sandbox/f.ts",
    code: importOf("../server/env"),
    expectedMessage: "a process of its own",
  },
  ...["app", "app/api", "components", "server", "server/services", "db", "scripts", "tests"].map(
    (folder): LintCase => ({
      file: `${folder}/imports-sandbox.ts`,
      code: importOf("@/sandbox/main"),
      expectedMessage: "speak to it over HTTP",
    }),
  ),
];

const styleCases: LintCase[] = [
  { file: "server/m.ts", code: "console.log(1);\n", expectedMessage: "Unexpected console" },
  {
    file: "server/n.ts",
    code: "export const a = process.env.PORT;\n",
    expectedMessage: "process.env",
  },
  { file: "db/o.ts", code: "export const a = process.env.PORT;\n", expectedMessage: "process.env" },
  { file: "server/env.ts", code: "export const a = process.env.PORT;\n" },
  { file: "scripts/p.ts", code: "console.log(process.env.PORT);\n" },
  { file: "server/q.ts", code: "export const a: any = 1;\n", expectedMessage: "any" },
  {
    file: "server/r.ts",
    code: "// @ts-ignore\nexport const a = 1;\n",
    expectedMessage: "@ts-ignore",
  },
  {
    file: "tests/s.test.ts",
    code: `import { vi } from "vitest";\nvi.mock("zod");\n`,
    expectedMessage: "no module mocks",
  },
  {
    file: "tests/t.test.ts",
    code: `import { it } from "vitest";\nit.skip("a", () => {});\n`,
    expectedMessage: "skip",
  },
  {
    file: "tests/u.test.ts",
    code: `import { it } from "vitest";\nit.only("a", () => {});\n`,
    expectedMessage: "focused",
  },
  {
    file: "server/v.ts",
    code: "const query = { then: (done: (rows: number[]) => void) => done([]) };\nexport function a() {\n  query;\n  Promise.resolve();\n}\n",
    expectedMessage: "Promises must be awaited",
  },
  {
    file: "server/w.ts",
    code: "export const a = [1].filter(async (n) => n > 1);\n",
    expectedMessage: "non-Promise",
  },
];

const lintReport = z.object({
  diagnostics: z.array(
    z.object({ message: z.string(), help: z.string().optional(), filename: z.string() }),
  ),
});

describe("the walls of the house", () => {
  let messages = new Map<string, string[]>();
  const caseDir = mkdtempSync(join(tmpdir(), "portal-house-"));

  beforeAll(() => {
    for (const file of [".oxlintrc.json", "tsconfig.json"]) cpSync(file, join(caseDir, file));
    symlinkSync(resolve("node_modules"), join(caseDir, "node_modules"));
    for (const { file, code } of [...importCases, ...styleCases]) {
      mkdirSync(dirname(join(caseDir, file)), { recursive: true });
      writeFileSync(join(caseDir, file), code);
    }
    const lintRun = spawnSync(resolve("node_modules/.bin/oxlint"), ["--type-aware", "-f", "json"], {
      cwd: caseDir,
      encoding: "utf8",
      maxBuffer: 32 * 1024 * 1024,
    });
    const { diagnostics } = lintReport.parse(JSON.parse(lintRun.stdout));
    messages = new Map(
      [...Map.groupBy(diagnostics, ({ filename }) => filename)].map(([file, found]) => [
        file,
        found.map(({ message, help }) => `${message} ${help ?? ""}`),
      ]),
    );
  });

  afterAll(() => rmSync(caseDir, { recursive: true, force: true }));

  const forbidden = [...importCases, ...styleCases].filter((lintCase) => lintCase.expectedMessage);
  const allowed = [...importCases, ...styleCases].filter((lintCase) => !lintCase.expectedMessage);

  it.each(forbidden)("stop $code in $file", ({ file, expectedMessage }) => {
    expect((messages.get(file) ?? []).join("\n")).toContain(expectedMessage);
  });

  it.each(allowed)("let $code through in $file", ({ file }) => {
    expect(messages.get(file) ?? []).toEqual([]);
  });
});

describe("the repository", () => {
  const isSource = (file: string) => /\.(ts|tsx|js|mjs)$/.test(file);

  it("server code stays out of the browser, file by file", () => {
    const exempt = /^server\/(schemas\/|env\.ts$|hero\/generated\/)/;
    const unguarded = files
      .filter((file) => /^(server|db)\//.test(file) && isSource(file) && !exempt.test(file))
      .filter((file) => !readText(file).startsWith('import "server-only";\n'));
    expect(unguarded).toEqual([]);
  });

  it("no file turns a check off", () => {
    const disableComments = new RegExp(
      ["(eslint|oxlint|biome)-(disable|ignore)", "@ts-(ignore|expect-error|nocheck)"].join("|"),
    );
    const found = files
      .filter((file) => isSource(file) && file !== "tests/conventions.test.ts")
      .filter((file) => disableComments.test(readText(file)));
    expect(found).toEqual([]);
  });

  it("no file names a machine or a package registry", () => {
    const paths = /(^|["'`\s=(:])\/(root|home|Users|work|private)\/[\w.-]/m;
    const registries = /registry\.(npmjs|yarnpkg|npmmirror)|"resolved": "[a-z+]+:/;
    const found = files
      .filter((file) => !/\.(png|ico|woff2|svg|webp)$/.test(file))
      .filter((file) => file !== "tests/conventions.test.ts")
      .filter((file) => paths.test(readText(file)) || registries.test(readText(file)));
    expect(found).toEqual([]);
  });

  it("the README has fewer than a hundred lines", () => {
    const lines = existsSync("README.md") ? readText("README.md").split("\n").length : 0;
    expect(lines).toBeLessThan(100);
  });

  it(".env.example describes every setting and no other", () => {
    const documented = [...readText(".env.example").matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)];
    const server = [...readText("server/env.ts").matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)];
    const names = (matches: RegExpMatchArray[]) => matches.map(([, name]) => name ?? "");
    expect(server.length).toBeGreaterThan(5);
    expect(names(documented).sort()).toEqual(
      [...new Set([...names(server), ...commandVariableNames])].sort(),
    );
  });

  it("install scripts are allowed by name only", () => {
    expect(readText(".npmrc")).toMatch(/^ignore-scripts=true$/m);
  });
});

describe("versions with known vulnerabilities", () => {
  const packageFile = z.object({ version: z.string() });
  const installedVersion = (name: string) =>
    packageFile.parse(JSON.parse(readText(`node_modules/${name}/package.json`))).version;

  const isAtLeast = (version: string, minimum: string) => {
    const [parts, minimumParts] = [version, minimum].map((text) => text.split(/[.-]/).map(Number));
    for (const [index, minimumPart] of (minimumParts ?? []).entries()) {
      const part = parts?.[index] ?? 0;
      if (part !== minimumPart) return part > minimumPart;
    }
    return true;
  };

  it("c6: Next is newer than the vulnerabilities of July 2026", () => {
    expect(isAtLeast(installedVersion("next"), "16.2.11")).toBe(true);
    expect(isAtLeast("16.2.10", "16.2.11")).toBe(false);
  });

  it("c7: React is newer than the Flight remote code execution and its follow-ups", () => {
    for (const name of ["react", "react-dom"]) {
      expect(isAtLeast(installedVersion(name), "19.2.6")).toBe(true);
    }
    expect(isAtLeast("19.2.5", "19.2.6")).toBe(false);
  });
});
