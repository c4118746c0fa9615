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
import { assumptions } from "@/server/hero/assumptions";
import { assumptionsFile, buildAssumptionsPage } from "@/scripts/contract-check/document";
import { createBillOfMaterials } from "@/scripts/build";
import { commandVariableNames } from "@/scripts/settings";

const readText = (file: string) => readFileSync(file, "utf8");

/** Includes files that are not committed yet. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  encoding: "utf8",
  maxBuffer: 32 * 1024 * 1024,
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(file));

type LintCase = {
  /** The path decides which rules apply. */
  file: string;
  code: string;
  /** Part of the message of the rule that must fire; without one, none may fire. */
  expectedMessage?: string;
};

const lintCases: LintCase[] = [
  ...["server", "components", "scripts", "tests"].map((folder) => ({
    file: `${folder}/imports-sandbox.ts`,
    code: `import "@/sandbox/main";\n`,
    expectedMessage: "andbox",
  })),
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
    expectedMessage: "Do not mock modules",
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

describe("lint", () => {
  let messages = new Map<string, string[]>();
  const caseDir = mkdtempSync(join(tmpdir(), "portal-lint-"));

  beforeAll(() => {
    for (const file of ["oxlint.config.ts", "tsconfig.json"]) cpSync(file, join(caseDir, file));
    symlinkSync(resolve("node_modules"), join(caseDir, "node_modules"));
    for (const { file, code } of lintCases) {
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

  const forbidden = lintCases.filter((lintCase) => lintCase.expectedMessage);
  const allowed = lintCases.filter((lintCase) => !lintCase.expectedMessage);

  it.each(forbidden)("lint stops $code in $file", ({ file, expectedMessage }) => {
    expect((messages.get(file) ?? []).join("\n")).toContain(expectedMessage);
  });

  it.each(allowed)("lint allows $code in $file", ({ file }) => {
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
      .filter((file) => isSource(file))
      // These two name the rule.
      .filter((file) => !["tests/conventions.test.ts", "oxlint.config.ts"].includes(file))
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

  it("c37: install scripts are allowed by name only", () => {
    expect(readText(".npmrc")).toMatch(/^ignore-scripts=true$/m);
  });

  it("C10 c37: every locked package has a hash", () => {
    const { packages } = z
      .object({
        packages: z.record(
          z.string(),
          z.object({
            integrity: z.string().optional(),
            link: z.boolean().optional(),
            inBundle: z.boolean().optional(),
          }),
        ),
      })
      .parse(JSON.parse(readText("package-lock.json")));
    const unhashed = Object.entries(packages)
      .filter(([path]) => path.startsWith("node_modules/"))
      .filter(([, { integrity, link, inBundle }]) => !integrity && !link && !inBundle);
    expect(unhashed.map(([path]) => path)).toEqual([]);
  });

  it("C10 c37: the build's bill of materials lists every package of package.json", async () => {
    const bill = z
      .object({
        bomFormat: z.literal("CycloneDX"),
        components: z.array(z.object({ name: z.string(), version: z.string() })),
      })
      .parse(JSON.parse(await createBillOfMaterials()));
    const names = bill.components.map(({ name }) => name);
    const { dependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readText("package.json")));
    expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)));
  }, 30_000);
});

describe("references to the documentation", () => {
  /** The cells of a document's tables, by the number in the first cell. */
  const readRows = (file: string) =>
    new Map(
      [...readText(file).matchAll(/^\| *(c?\d+a?) *\|(.*)\|$/gm)].map(
        ([, number = "", cells = ""]) => [number, cells.split("|").map((cell) => cell.trim())],
      ),
    );
  const tests = files.filter((file) => /^tests\/.*\.(test|spec)\.ts$/.test(file));

  it("every number in a test title is a row of docs/security-tests.md, and every row has its tests", () => {
    const rows = readRows("docs/security-tests.md");
    const titles = tests
      .flatMap((file) => readText(file).match(/["`]c\d+(, c\d+)*: /g) ?? [])
      .flatMap((title) => title.match(/c\d+/g) ?? []);
    expect(rows.size).toBe(38);
    expect(titles.filter((number) => !rows.has(number))).toEqual([]);
    const withoutTests = [...rows]
      // Rows of features to come, and rows that name their test files.
      .filter(([, cells]) => !/^–|\//.test(cells.at(-1) ?? ""))
      .filter(([number]) => !titles.includes(number));
    expect(withoutTests.map(([number]) => number)).toEqual([]);
  });

  it("every cited assumption is in the list, and the files that rely on one cite it", () => {
    const citationsIn = (text: string) =>
      (text.match(/\bassumptions? \d+a?(( and |, )\d+a?)*/g) ?? []).flatMap(
        (citation) => citation.match(/\d+a?/g) ?? [],
      );
    const ids = assumptions.map(({ id }) => id);
    const cited = files
      .filter((file) => /\.(ts|tsx|md)$/.test(file))
      .flatMap((file) => citationsIn(readText(file)));
    expect(cited.length).toBeGreaterThan(20);
    expect(cited.filter((id) => !ids.includes(id))).toEqual([]);
    const missing = assumptions.flatMap(({ id, reliedOnBy }) =>
      reliedOnBy
        .filter((file) => !files.includes(file) || !citationsIn(readText(file)).includes(id))
        .map((file) => `${file} does not cite assumption ${id}`),
    );
    expect(missing).toEqual([]);
  });

  it("every hazard in docs/hazards.md names a test that exists", () => {
    const [, ...hazards] = readText("docs/hazards.md").split(/^### /m);
    expect(hazards.length).toBeGreaterThanOrEqual(12);
    const references = hazards.map((hazard) => [...hazard.matchAll(/^ {2}- `([^`]+)`: “(.+)”$/gm)]);
    expect(references.filter((named) => named.length === 0)).toEqual([]);
    const missing = references
      .flat()
      .filter(([, file = "", title = ""]) => !readText(file).includes(title))
      .map(([line]) => line);
    expect(missing).toEqual([]);
  });

  it("docs/assumptions.md is current", () => {
    expect(readText(assumptionsFile)).toBe(buildAssumptionsPage());
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
